import type { Task } from "./task.ts";
import { flatten, isTask, type TaskItem, type TaskList } from "./task-list.ts";

/** Copies tasks with a change to each, also to those of blocks and to those that are told later. */
export const refined = (
  tasks: TaskItem | TaskList,
  change: (task: Task) => Partial<Task>,
): readonly TaskItem[] =>
  flatten(tasks).map((item): TaskItem => {
    if (isTask(item)) return { ...item, ...change(item), origin: item.origin ?? item };
    if (item.kind === "flush-handlers") return item;
    if (item.kind === "deferred") {
      return { ...item, build: (...results) => refined(item.build(...results), change) };
    }
    const { rescue } = item;
    return {
      ...item,
      body: refined(item.body, change),
      always: refined(item.always, change),
      ...(rescue !== undefined && {
        rescue:
          typeof rescue === "function"
            ? (failed) => refined(rescue(failed), change)
            : refined(rescue, change),
      }),
    };
  });

/**
 * Gives tasks names to choose them by: `weft run site.ts --tags network`. Tasks tagged "always" run
 * whatever is chosen, tasks tagged "never" only where they are chosen.
 */
export const tagged = (tags: readonly string[], tasks: TaskItem | TaskList): readonly TaskItem[] =>
  refined(tasks, (task) => ({ tags: [...new Set([...(task.tags ?? []), ...tags])] }));

/**
 * Runs tasks only where a condition holds; elsewhere they are shown and counted as skipped. To leave
 * them out without a trace, write `condition && tasks`.
 */
export const when = (condition: boolean, tasks: TaskItem | TaskList): readonly TaskItem[] =>
  refined(tasks, (task) => ({ when: condition && task.when !== false }));
