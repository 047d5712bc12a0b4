import type { Task } from "./task.ts";
import { flatten, type TaskList } from "./task-list.ts";

/**
 * Gives tasks names to choose them by: `weft run site.ts --tags network`. Tasks tagged "always" run
 * whatever is chosen, tasks tagged "never" only where they are chosen.
 */
export const tagged = (tags: readonly string[], tasks: Task | TaskList): readonly Task[] =>
  flatten(tasks).map((task) => ({ ...task, tags: [...new Set([...(task.tags ?? []), ...tags])] }));

/**
 * Runs tasks only where a condition holds; elsewhere they are shown and counted as skipped. To leave
 * them out without a trace, write `condition && tasks`.
 */
export const when = (condition: boolean, tasks: Task | TaskList): readonly Task[] =>
  flatten(tasks).map((task) => ({ ...task, when: condition && task.when !== false }));

/**
 * Names what shall follow where one of the tasks changes something, such as a restart after a new
 * configuration. Handlers run at the end of the play, in order, each one once however many tasks
 * ask for it; handlers of the same title are the same. They don't run where the host fails before,
 * unless `--force-handlers` is given.
 */
export const onChange = (tasks: Task | TaskList, handlers: Task | TaskList): readonly Task[] =>
  flatten(tasks).map((task) => ({
    ...task,
    handlers: [...(task.handlers ?? []), ...flatten(handlers)],
  }));
