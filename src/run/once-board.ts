import type { TaskOutcome } from "./run-task.ts";

/** What the host that did a task once for all came to. */
export interface Done {
  readonly by: string;
  readonly outcome: TaskOutcome;
}

/**
 * Who of a play's hosts does what is to be done once for all: of those still in the play, the first
 * in order. When it drops out before, the next one takes its place.
 */
export class OnceBoard {
  readonly #candidates: string[];
  readonly #done = new Map<string, Done>();
  #wake: (() => void)[] = [];

  /** @param hosts names of the hosts that go through the play together, in order */
  constructor(hosts: readonly string[]) {
    this.#candidates = [...hosts];
  }

  /** Whether it would be this host's turn now. */
  isFirst(host: string): boolean {
    return this.#candidates[0] === host;
  }

  /**
   * Waits for the host's turn.
   *
   * @returns `undefined` where the host is to do it, else what another host came to
   * @throws the signal's reason when it is aborted
   */
  async turn(host: string, task: string, signal: AbortSignal): Promise<Done | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const done = this.#done.get(task);
      if (done !== undefined || this.isFirst(host)) return done;
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }

  /** The host has done the task. */
  done(task: string, result: Done): void {
    this.#done.set(task, result);
    this.#wakeAll();
  }

  /** The host is through with the play, or out of it. */
  leave(host: string): void {
    const at = this.#candidates.indexOf(host);
    if (at >= 0) this.#candidates.splice(at, 1);
    this.#wakeAll();
  }

  #wakeAll(): void {
    const waking = this.#wake;
    this.#wake = [];
    for (const wake of waking) wake();
  }
}
