import { Result } from "../result.ts";
import { type Task, TaskError } from "../task.ts";
import { failureOf } from "./failure.ts";
import type { Finding, HostState } from "./host-state.ts";
import type { RegisteredResults } from "./registered-results.ts";
import type { TaskOutcome } from "./run-task.ts";
import type { TaskAnswers } from "./task-answers.ts";

const originOf = (task: Task): Task => task.origin ?? task;

const NOTHING_DONE = { changed: false, output: "" };

/** What one host's tasks found out, for those that are built from it. */
export class Findings {
  readonly #host: HostState;
  readonly #results: RegisteredResults;
  readonly #answers: TaskAnswers;
  /** Tasks that an earlier run did, or that come before the one to start at. */
  readonly #passed = new Set<Task>();

  constructor(host: HostState, results: RegisteredResults, answers: TaskAnswers) {
    this.#host = host;
    this.#results = results;
    this.#answers = answers;
  }

  /** An earlier run did this task, or is taken to have done it. */
  pass(task: Task): void {
    this.#passed.add(originOf(task));
  }

  /** Keeps what a task found out. What it cannot hand over to a result fails it. */
  keep(task: Task, outcome: TaskOutcome): TaskOutcome {
    if (outcome.status === "failed" || outcome.state === undefined) return outcome;
    const result = { changed: outcome.status === "changed", output: outcome.output ?? "" };
    const finding = { state: outcome.state, result };
    this.#host.findings.set(originOf(task), finding);
    try {
      this.#results.register(this.#host.name, task, finding);
      return outcome;
    } catch (error) {
      return { ...outcome, status: "failed", failure: failureOf(error) };
    }
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
      const values = this.#results.all.get(source);
      if (!values?.has(this.#host.name)) return undefined;
      return { state: values.get(this.#host.name), result: NOTHING_DONE };
    }
    const origin = originOf(source);
    const known = this.#host.findings.get(origin);
    if (known !== undefined || !this.#passed.has(origin)) return known;
    // An earlier run did it: what it left is still there to be read.
    const answer = await this.#answers.own(source, following);
    if (answer instanceof Error) throw answer;
    const state = source.probe.parse(answer);
    if (source.plan(state).length === 0) return { state, result: NOTHING_DONE };
    throw new TaskError(
      `what "${source.title}" found out is not known: it was passed over, and is due again`,
      { hint: "Run the playbook from its beginning." },
    );
  }
}
