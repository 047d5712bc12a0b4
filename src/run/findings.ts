import { Result } from "../result.ts";
import { UnreachableError } from "../ssh/transport.ts";
import { type Task, TaskError } from "../task.ts";
import type { TaskResult } from "../task-list.ts";
import { failureOf } from "./failure.ts";
import type { Answer, Finding, HostState } from "./host-state.ts";
import { disconnect } from "./remote.ts";
import type { RunContext } from "./run-context.ts";
import type { TaskOutcome } from "./run-task.ts";
import type { TaskAnswers } from "./task-answers.ts";

const originOf = (task: Task): Task => task.origin ?? task;

const NOTHING_DONE: TaskResult = { changed: false, output: "" };

/** What is left to tell of a change that an earlier run made. */
const changedBefore = ({ title }: Task): TaskResult => ({
  changed: true,
  get output(): string {
    throw new TaskError(`what "${title}" printed in an earlier run is not known any more`, {
      hint: "Run the playbook from its beginning.",
    });
  },
});

/** A task that an earlier run did, or that comes before the one to start at. */
interface Passed {
  /** As it stands in the play: who does it, where, with which surroundings. */
  readonly task: Task;
  readonly result: TaskResult;
}

/** What one host's tasks found out, for those that are built from it. */
export class Findings {
  readonly #host: HostState;
  readonly #context: RunContext;
  readonly #answers: TaskAnswers;
  readonly #passed = new Map<Task, Passed>();

  constructor(host: HostState, context: RunContext, answers: TaskAnswers) {
    this.#host = host;
    this.#context = context;
    this.#answers = answers;
  }

  /** An earlier run did this task, or is taken to have done it. */
  pass(task: Task, { changed }: { readonly changed: boolean }): void {
    const result = changed ? changedBefore(task) : NOTHING_DONE;
    this.#passed.set(originOf(task), { task, result });
  }

  /** Keeps what a task found out. What it cannot hand over to a result fails it. */
  keep(task: Task, outcome: TaskOutcome): TaskOutcome {
    if (outcome.status === "failed" || outcome.state === undefined) return outcome;
    const result = { changed: outcome.status === "changed", output: outcome.output ?? "" };
    try {
      this.#keep(task, { state: outcome.state, result });
      return outcome;
    } catch (error) {
      return { ...outcome, status: "failed", failure: failureOf(error) };
    }
  }

  /**
   * Keeps what a task that is passed over left, which is still there to be read.
   *
   * @param following tasks that may be asked about in the same trip
   * @returns whether it is; where it is not, the task is due again
   */
  async keepLeft(task: Task, following: readonly Task[]): Promise<boolean> {
    const origin = originOf(task);
    const passed = this.#passed.get(origin);
    const left = passed && (await this.#left(passed, following));
    if (left === undefined) this.#passed.delete(origin);
    else this.#keep(task, left);
    return left !== undefined;
  }

  /**
   * What a task or a result came to on this host; `undefined` where that is not known.
   *
   * @param following tasks that may be asked about in the same trip, where the host must be asked
   * @throws TaskError where an earlier run did the task, and the host no longer is as that left it
   */
  async of(
    source: Task | Result<unknown>,
    following: readonly Task[],
  ): Promise<Finding | undefined> {
    if (source instanceof Result) {
      const values = this.#context.results.all.get(source);
      if (!values?.has(this.#host.name)) return undefined;
      return { state: values.get(this.#host.name), result: NOTHING_DONE };
    }
    const origin = originOf(source);
    const known = this.#host.findings.get(origin);
    const passed = this.#passed.get(origin);
    if (known !== undefined || passed === undefined) return known;
    const left = await this.#left(passed, following);
    if (left !== undefined) return left;
    throw new TaskError(
      `what "${source.title}" found out is not known: it was passed over, and is due again`,
      { hint: "Run the playbook from its beginning." },
    );
  }

  #keep(task: Task, finding: Finding): void {
    this.#host.findings.set(originOf(task), finding);
    this.#context.results.register(this.#host.name, task, finding);
  }

  /** What a task left where it was done; `undefined` where that is no longer so. */
  async #left({ task, result }: Passed, following: readonly Task[]): Promise<Finding | undefined> {
    const answer = await this.#answer(task, following);
    if (answer instanceof Error) throw answer;
    const state = task.probe.parse(answer);
    // As at the end of a task: of some, nothing is left that could be seen.
    const holds = task.plan(state).length === 0 || (task.unverified && result.changed);
    return holds ? { state, result } : undefined;
  }

  async #answer(task: Task, following: readonly Task[]): Promise<Answer> {
    const to = task.settings?.delegateTo;
    if (to === undefined) return this.#answers.own(task, following);
    const delegate = this.#context.delegates.get(to);
    try {
      return await delegate.turn.run(() => this.#answers.delegated(task, [], delegate));
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      await disconnect(delegate.remote);
      const { message, hint } = error;
      const options = hint === undefined ? {} : { hint };
      return new TaskError(`${to} did "${task.title}", and is unreachable: ${message}`, options);
    }
  }
}
