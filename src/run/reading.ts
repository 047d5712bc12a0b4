import {
  BecomeError,
  CommandTimeoutError,
  type Step,
  type StepListener,
} from "../ssh/transport.ts";
import type { CommandResult, Task } from "../task.ts";
import type { Answer } from "./host-state.ts";
import type { Remote } from "./remote.ts";
import { probeStep } from "./step.ts";

/**
 * One reading of the state of some tasks.
 *
 * A probe that takes too long, or whose user cannot be become, is that task's answer, and what the
 * others said is kept; the tasks after one that takes too long have no answer yet.
 */
export class Reading {
  /** The script that asks. */
  readonly steps: readonly Step[];
  /** Hears the answers. */
  readonly listener: StepListener;
  readonly #tasks: readonly Task[];
  readonly #answers = new Map<Task, Answer>();

  /** @param onProbe hears of each task as its probe begins */
  constructor(tasks: readonly Task[], remote: Remote, onProbe: (task: Task) => void) {
    this.#tasks = tasks;
    this.steps = tasks.map((task) => probeStep(task, remote));
    this.listener = {
      onStart: (index) => {
        const task = tasks[index];
        if (task !== undefined) onProbe(task);
      },
      onResult: (index, result) => this.#keep(index, result),
    };
  }

  /**
   * The answers, once the script has run.
   *
   * @throws UnreachableError when the connection is lost, the signal's reason when it is aborted.
   */
  async answers(running: Promise<unknown>): Promise<ReadonlyMap<Task, Answer>> {
    try {
      await running;
    } catch (error) {
      if (!(error instanceof CommandTimeoutError || error instanceof BecomeError)) throw error;
      this.#keep(error.index, error);
    }
    return this.#answers;
  }

  #keep(index: number, answer: Answer | CommandResult | undefined): void {
    const task = this.#tasks[index];
    if (task !== undefined && answer !== undefined) this.#answers.set(task, answer);
  }
}
