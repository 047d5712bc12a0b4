import { editTask, linesOf, oneLine, textOf } from "./file/edit-file.ts";
import type { Ownership } from "./file/ownership.ts";

interface LineInFileOptions extends Ownership {
  /** Absolute path on the host. Where the file is missing it is made. */
  readonly path: string;
  /** The line, without its end. */
  readonly line: string;
  /** The last line that matches is replaced by `line`. Left out, or where none does: `line` is added. */
  readonly match?: RegExp;
  /** A new line comes after the last one that matches this. Default: at the end. */
  readonly after?: RegExp;
  /** True: no such line, and none that matches. Default: false. */
  readonly absent?: boolean;
}

/** A pattern with flags that keep no place between calls. */
const stateless = ({ source, flags }: RegExp): RegExp =>
  new RegExp(source, flags.replace(/[gy]/g, ""));

/** The text with the line in its place. Pure. */
export const withLine = (text: string, options: LineInFileOptions): string => {
  const { line, absent = false } = options;
  const match = options.match && stateless(options.match);
  const after = options.after && stateless(options.after);
  const lines = linesOf(text);
  if (absent) {
    const kept = lines.filter((it) => it !== line && !match?.test(it));
    return kept.length === lines.length ? text : textOf(kept);
  }
  const at = match === undefined ? -1 : lines.findLastIndex((it) => match.test(it));
  if (at === -1 ? lines.includes(line) : lines[at] === line) return text;
  if (at !== -1) return textOf(lines.with(at, line));
  const below = after === undefined ? -1 : lines.findLastIndex((it) => after.test(it));
  return textOf(below === -1 ? [...lines, line] : lines.toSpliced(below + 1, 0, line));
};

/**
 * One line of a file, the rest of which stays as it is. Patterns are JavaScript's, against one line each.
 *
 * @category Files
 *
 * @example
 * ```ts
 * lineInFile({
 *   path: "/etc/ssh/sshd_config",
 *   line: "PermitRootLogin no",
 *   match: /^#?PermitRootLogin\s/,
 * })
 * ```
 *
 * @throws TaskError for a line that holds a line end, or a path that is not absolute
 */
export const lineInFile = (options: LineInFileOptions) => {
  const { path, line, absent = false } = options;
  oneLine("a line", line);
  return editTask({
    title: `${absent ? "no line" : "line"} in ${path}: ${line}`,
    path,
    ownership: options,
    edit: (text) => withLine(text, options),
    summary: (before, after) => {
      if (absent) return `remove line from ${path}`;
      const added = linesOf(after).length > linesOf(before).length;
      return added ? `add line to ${path}` : `change line in ${path}`;
    },
  });
};
