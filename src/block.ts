import { type Block, type FailedTask, flatten, type TaskItem, type TaskList } from "./task-list.ts";

interface BlockOptions {
  /**
   * Runs where a task of the block fails; if it succeeds, the host goes on and counts the failed
   * task as rescued. A function gets to know what failed.
   */
  readonly rescue?: TaskItem | TaskList | ((failed: FailedTask) => TaskItem | TaskList);
  /** Runs after block and rescue, whatever became of them, unless the host is lost. */
  readonly always?: TaskItem | TaskList;
}

/** Tasks that belong together, with others that run where one of them fails, or in any case. */
export const block = (
  tasks: TaskItem | TaskList,
  { rescue, always }: BlockOptions = {},
): Block => ({
  kind: "block",
  body: flatten(tasks),
  always: flatten(always),
  ...(rescue !== undefined && {
    rescue: typeof rescue === "function" ? (failed) => flatten(rescue(failed)) : flatten(rescue),
  }),
});
