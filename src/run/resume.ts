import type { TaskStatus } from "./events.ts";

/** A task that an earlier run came to the end of. */
export interface FinishedTask {
  readonly title: string;
  readonly status: TaskStatus;
}

/** What an interrupted run finished: by host, and number of the play. */
export type Resume = ReadonlyMap<string, ReadonlyMap<number, readonly FinishedTask[]>>;

const DONE: readonly TaskStatus[] = ["ok", "changed", "skipped", "ignored"];

/** Whether a task that ended so needs not be done again. */
export const isDone = (status: TaskStatus): boolean => DONE.includes(status);

/**
 * Follows a host through a play that an earlier run began. As long as it comes to the same tasks in
 * the same order, they are done; from the first difference or failure on, all are to be run.
 */
export class Finished {
  readonly #tasks: FinishedTask[];

  constructor(tasks: readonly FinishedTask[] = []) {
    this.#tasks = [...tasks];
  }

  /** How the earlier run ended this task, if it is done. */
  take(title: string): TaskStatus | undefined {
    const next = this.#tasks.shift();
    if (next !== undefined && next.title === title && isDone(next.status)) return next.status;
    this.#tasks.length = 0;
    return undefined;
  }
}
