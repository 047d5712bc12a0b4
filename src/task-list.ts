import type { Task } from "./task.ts";

/** Tasks in order. Lists may nest, and `condition && task` leaves a task out: plain TypeScript. */
export type TaskList = readonly (Task | TaskList | false | undefined)[];

const isTask = (item: Task | TaskList): item is Task => "probe" in item;

/** The tasks of a list and of the lists in it, in order. */
export const flatten = (item: Task | TaskList | false | undefined): readonly Task[] => {
  if (item === false || item === undefined) return [];
  return isTask(item) ? [item] : item.flatMap(flatten);
};
