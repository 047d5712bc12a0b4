import { Problem } from "../problem.ts";
import { didYouMean } from "../suggest.ts";
import { taskListText, taskPageText } from "../ui/task-text.ts";
import { taskPages } from "./task-pages.ts";
import type { TasksArguments } from "./tasks.ts";
import { wantsColor } from "./terminal-renderer.ts";

/** Lines of prose longer than this are hard to read. */
const MAX_COLUMNS = 100;

/**
 * Prints the list of tasks, or one task's page.
 *
 * @throws Problem where there is no such task
 */
export const tasksVerb = ({ task: name, output }: TasksArguments): void => {
  const pages = taskPages();
  const page = pages.find((it) => it.name === name);
  if (name !== undefined && page === undefined) {
    const names = pages.map((it) => it.name);
    throw new Problem(`there is no task "${name}".${didYouMean(name, names)}`, {
      hint: "weft tasks lists all of them.",
    });
  }
  const { stdout } = process;
  if (output === "json") {
    stdout.write(`${JSON.stringify(page ?? pages, undefined, 2)}\n`);
    return;
  }
  const look = {
    color: wantsColor(stdout.isTTY === true),
    // Into a file or a pipe lines go whole, so that grep finds sentences.
    ...(stdout.isTTY && stdout.columns > 0 && { columns: Math.min(stdout.columns, MAX_COLUMNS) }),
  };
  stdout.write(page ? taskPageText(page, look) : taskListText(pages, look));
};
