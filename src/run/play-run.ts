import type { AnyPlay } from "../playbook.ts";
import { OnceBoard } from "./once-board.ts";
import { Semaphore } from "./semaphore.ts";

/** What the hosts that go through a play together share. */
export class PlayRun {
  readonly play: AnyPlay;
  /** Number of the play. */
  readonly index: number;
  readonly once: OnceBoard;
  /** True once a host's failure ends the play for all. */
  fatal = false;
  readonly #throttles = new Map<string, Semaphore>();

  /** @param hosts names of the hosts, in order */
  constructor(play: AnyPlay, index: number, hosts: readonly string[]) {
    this.play = play;
    this.index = index;
    this.once = new OnceBoard(hosts);
  }

  /** A host failed or was lost. */
  failed(): void {
    if (this.play.anyErrorsFatal) this.fatal = true;
  }

  /** Does a task's work when fewer than `width` hosts are at a task of this title. */
  throttled<Value>(
    title: string,
    width: number | undefined,
    work: () => Promise<Value>,
  ): Promise<Value> {
    if (width === undefined) return work();
    const semaphore = this.#throttles.get(title) ?? new Semaphore(width);
    this.#throttles.set(title, semaphore);
    return semaphore.run(work);
  }
}
