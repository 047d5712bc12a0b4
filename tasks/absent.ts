import { sh, TaskError, task } from "weft";
import { absolute, askEntry, parseEntry } from "./file/entry.ts";

interface AbsentOptions {
  /** Absolute path on the host. */
  readonly path: string;
  /** Also removes a directory with all that it holds. Default: false. */
  readonly recursive?: boolean;
}

/**
 * Nothing at a path: a file or link there is removed, a directory where it is said.
 *
 * @category Files
 *
 * @example
 * ```ts
 * absent({ path: "/etc/cron.d/old-job" })
 * ```
 *
 * @throws TaskError for a path that is not absolute
 */
export const absent = ({ path, recursive = false }: AbsentOptions) =>
  task({
    title: `absent ${absolute(path)}`,
    probe: { command: askEntry(path), parse: parseEntry },
    plan: (now) => {
      if (now.kind === "absent") return [];
      if (now.kind === "directory" && !recursive) {
        throw new TaskError(`${path} is a directory`, {
          hint: "To remove it with all that it holds: absent({ path, recursive: true })",
        });
      }
      const remove = now.kind === "directory" ? sh`rm -rf ${path}` : sh`rm -f ${path}`;
      return [{ summary: `remove ${path}`, command: remove }];
    },
  });
