import { refined } from "./refine.ts";
import type { Task } from "./task.ts";
import { type Flush, flatten, type TaskItem, type TaskList, tasksOf } from "./task-list.ts";

/**
 * Names what shall follow where one of the tasks changes something, such as a restart after a new
 * configuration. Handlers run at the end of the play, in order, each one once however many tasks
 * ask for it; handlers of the same title are the same. They don't run where the host fails before,
 * unless `--force-handlers` is given.
 */
export const onChange = (
  tasks: TaskItem | TaskList,
  handlers: TaskItem | TaskList,
): readonly TaskItem[] => {
  const due = tasksOf(flatten(handlers), { rescues: false });
  return refined(tasks, (task) => ({ handlers: [...(task.handlers ?? []), ...due] }));
};

/** Runs the handlers that are due now, instead of at the play's end. */
export const flushHandlers = (): Flush => ({ kind: "flush-handlers" });

/** Tasks with everything that may follow where they change something, also what that asks for in turn. */
export const withHandlers = (tasks: readonly Task[]): readonly Task[] =>
  tasks.flatMap((task) => [
    task,
    ...withHandlers(task.when === false ? [] : (task.handlers ?? [])),
  ]);
