import { knownSecrets } from "../shell/secret-register.ts";
import { UnreachableError } from "../ssh/transport.ts";
import type { Task } from "../task.ts";
import type { TaskStatus } from "./events.ts";
import { failureOf } from "./failure.ts";
import type { Findings } from "./findings.ts";
import type { HostState } from "./host-state.ts";
import type { PlayRun } from "./play-run.ts";
import { Finished } from "./resume.ts";
import type { RunContext } from "./run-context.ts";
import type { TaskOutcome } from "./run-task.ts";

/** What an earlier run leaves to do of a task. */
export type Left =
  | { readonly kind: "nothing"; readonly changed: boolean }
  /** What it found out cannot be known. */
  | { readonly kind: "fault"; readonly outcome: TaskOutcome }
  | { readonly kind: "all" };

const ALL: Left = { kind: "all" };

interface EarlierRunOptions {
  readonly host: HostState;
  readonly playRun: PlayRun;
  readonly context: RunContext;
  readonly findings: Findings;
}

/** What an earlier run, which this one goes on with, did on a host in a play. */
export class EarlierRun {
  readonly #host: HostState;
  readonly #playRun: PlayRun;
  readonly #context: RunContext;
  readonly #findings: Findings;
  readonly #finished: Finished;

  constructor({ host, playRun, context, findings }: EarlierRunOptions) {
    this.#host = host;
    this.#playRun = playRun;
    this.#context = context;
    this.#findings = findings;
    this.#finished = new Finished(context.resume?.get(host.name)?.get(playRun.index));
  }

  /** Whether it came past what stands for tasks that cannot be told. */
  passed(title: string): boolean {
    return this.#finished.take(knownSecrets.mask(title)) !== undefined;
  }

  /**
   * What is left of a task. What it registered is read from the host again.
   *
   * @param key tells it from the play's other tasks of the same title
   * @param following tasks that the host may be asked about in the same trip
   * @throws UnreachableError, the signal's reason when it is aborted
   */
  async leaves(task: Task, key: string, following: readonly Task[]): Promise<Left> {
    const status = this.#finished.take(knownSecrets.mask(task.title));
    if (status === undefined) return ALL;
    try {
      const isKnown = await this.#isKnown(task, key, status, following);
      return isKnown ? { kind: "nothing", changed: status === "changed" } : ALL;
    } catch (error) {
      if (error instanceof UnreachableError || this.#context.signal.aborted) throw error;
      const failure = failureOf(error);
      return { kind: "fault", outcome: { status: "failed", changes: [], failure } };
    }
  }

  /** Whether what others may want of a finished task is known; else it is due again. */
  async #isKnown(
    task: Task,
    key: string,
    status: TaskStatus,
    following: readonly Task[],
  ): Promise<boolean> {
    const { once = false } = task.settings ?? {};
    const registers = task.registers !== undefined;
    if (status === "ok" || status === "changed") {
      this.#findings.pass(task, { changed: status === "changed" });
      const isKept = (registers || once) && (await this.#findings.keepLeft(task, following));
      if (registers && !isKept) return false;
    }
    return !once || this.#isKnownOfAll(task, key, status);
  }

  /** What was done once for all: the host that did it tells the others what it left. */
  async #isKnownOfAll(task: Task, key: string, status: TaskStatus): Promise<boolean> {
    const { name, findings } = this.#host;
    const { once } = this.#playRun;
    if (status === "skipped" && task.when !== false) {
      const done = await once.turn(name, key, this.#context.signal);
      // What failed, or was done again just now, is to this host as if it came to it now.
      if (done !== undefined)
        return done.outcome.status === "ok" && this.#shares(task, done.outcome);
      // The host that did it is not here to tell.
      this.#findings.pass(task, { changed: false });
      if (task.registers !== undefined && !(await this.#findings.keepLeft(task, []))) return false;
    }
    const state = findings.get(task.origin ?? task)?.state;
    once.done(key, { by: name, outcome: { status: "ok", changes: [], state } });
    return true;
  }

  #shares(task: Task, outcome: TaskOutcome): boolean {
    return this.#findings.keep(task, { ...outcome, status: "skipped" }).status !== "failed";
  }
}
