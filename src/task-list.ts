import type { Result } from "./result.ts";
import type { Task } from "./task.ts";

/** The task that made a block fail. */
export interface FailedTask {
  readonly title: string;
  /** Why, secrets masked. */
  readonly message: string;
}

/** Tasks with others that follow their failure. See `block()`. */
export interface Block {
  readonly kind: "block";
  readonly body: readonly TaskItem[];
  readonly rescue?: readonly TaskItem[] | ((failed: FailedTask) => readonly TaskItem[]);
  readonly always: readonly TaskItem[];
}

/** Tasks that can be told only when results of earlier ones are known. See `after()`. */
export interface Deferred {
  readonly kind: "deferred";
  readonly sources: readonly (Task | Result<unknown>)[];
  /** Pure: from the values of the sources, in their order. */
  build(values: readonly unknown[], results: readonly TaskResult[]): readonly TaskItem[];
}

/** The handlers that are due run here, and not at the play's end. See `flushHandlers()`. */
export interface Flush {
  readonly kind: "flush-handlers";
}

/** What a task came to, besides the state it left. */
export interface TaskResult {
  readonly changed: boolean;
  /** What its changes printed on standard output, in order; empty where there were none. */
  readonly output: string;
}

/** What a list of tasks holds when nothing is nested any more. */
export type TaskItem = Task | Block | Deferred | Flush;

/** Tasks in order. Lists may nest, and `condition && task` leaves a task out: plain TypeScript. */
export type TaskList = readonly (TaskItem | TaskList | false | undefined)[];

const isList = (item: TaskItem | TaskList): item is TaskList => Array.isArray(item);

export const isTask = (item: TaskItem): item is Task => "probe" in item;

/** The items of a list and of the lists in it, in order. */
export const flatten = (item: TaskItem | TaskList | false | undefined): readonly TaskItem[] => {
  if (item === false || item === undefined) return [];
  return isList(item) ? item.flatMap(flatten) : [item];
};

/** The tasks that are known of before any is run, in order; those of a rescue may never run. */
export const tasksOf = (
  items: readonly TaskItem[],
  { rescues }: { readonly rescues: boolean },
): readonly Task[] =>
  items.flatMap((item): readonly Task[] => {
    if (isTask(item)) return [item];
    if (item.kind !== "block") return [];
    const rescue = rescues && typeof item.rescue === "object" ? item.rescue : [];
    return tasksOf([...item.body, ...rescue, ...item.always], { rescues });
  });
