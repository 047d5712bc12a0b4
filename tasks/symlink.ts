import { posix } from "node:path";
import { sh, TaskError, task } from "weft";
import { absolute, askEntry, parseEntry } from "./file/entry.ts";

interface SymlinkOptions {
  /** Where the link is: an absolute path on the host. */
  readonly path: string;
  /** What it points to, as it is to stand in the link; need not exist. */
  readonly target: string;
}

/**
 * A symbolic link. One that points elsewhere is replaced in one step; anything else in its place stays,
 * and is an error.
 *
 * @category Files
 *
 * @example
 * ```ts
 * symlink({ path: "/srv/app/current", target: "releases/2024-05-01" })
 * ```
 *
 * @throws TaskError for a path that is not absolute
 */
export const symlink = ({ path, target }: SymlinkOptions) => {
  const folder = posix.dirname(absolute(path));
  const candidate = posix.join(folder, `.${posix.basename(path)}.weft`);
  // Without -T, mv would move into a directory that the old link points to. Old busybox has no -T.
  const put = sh`
mkdir -p ${folder} && rm -f ${candidate} && ln -s -- ${target} ${candidate} &&
{ mv -fT ${candidate} ${path} 2>/dev/null || { rm -f ${path} && mv -f ${candidate} ${path}; }; } ||
{ rm -f ${candidate}; false; }`;
  return task({
    title: `symlink ${path} -> ${target}`,
    probe: { command: askEntry(path), parse: parseEntry },
    plan: (now) => {
      if (now.kind === "link" && now.target === target) return [];
      if (now.kind !== "absent" && now.kind !== "link") {
        throw new TaskError(`${path} is no symbolic link but a ${now.kind}`, {
          hint: "Remove it first where it is not needed.",
        });
      }
      const was = now.kind === "link" ? ` (was ${now.target})` : "";
      return [{ summary: `link ${path} to ${target}${was}`, command: put }];
    },
  });
};
