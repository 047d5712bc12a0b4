import { TaskError } from "weft";
import { editTask, linesOf, oneLine, textOf } from "./file/edit-file.ts";
import type { Ownership } from "./file/ownership.ts";

interface BlockInFileOptions extends Ownership {
  /** Absolute path on the host. Where the file is missing it is made. */
  readonly path: string;
  /** Tells the block from others in the file: it stands in the lines around it. */
  readonly name: string;
  /** The lines. */
  readonly block: string;
  /** What begins a comment in this file. Default: "#". */
  readonly comment?: string;
  /** True: no such block. Default: false. */
  readonly absent?: boolean;
}

/**
 * The text with the block in its place, at the end where it is new. Pure.
 *
 * @throws TaskError where one of the lines around it is missing, or there more than once
 */
export const withBlock = (text: string, options: BlockInFileOptions): string => {
  const { path, name, block, comment = "#", absent = false } = options;
  const begin = `${comment} BEGIN weft ${name}`;
  const end = `${comment} END weft ${name}`;
  const lines = linesOf(text);
  const from = lines.indexOf(begin);
  const to = lines.indexOf(end);
  const single = from === lines.lastIndexOf(begin) && to === lines.lastIndexOf(end);
  if ((from === -1) !== (to === -1) || from > to || !single) {
    throw new TaskError(`${path} does not hold the lines "${begin}" and "${end}" once each`, {
      hint: "Somebody edited them. Remove both, or put them right.",
    });
  }
  const whole = absent ? [] : [begin, ...linesOf(block), end];
  if (from !== -1) {
    const now = lines.slice(from, to + 1);
    const same = now.length === whole.length && now.every((line, at) => line === whole[at]);
    return same ? text : textOf(lines.toSpliced(from, now.length, ...whole));
  }
  return absent ? text : textOf([...lines, ...whole]);
};

/**
 * Some lines of a file between two comments that name them, the rest of which stays as it is.
 *
 * @category Files
 *
 * @example
 * ```ts
 * blockInFile({
 *   path: "/etc/hosts",
 *   name: "cluster",
 *   block: "10.1.2.11 db-1\n10.1.2.12 db-2\n",
 * })
 * ```
 *
 * @throws TaskError for a name of more than one line, or a path that is not absolute
 */
export const blockInFile = (options: BlockInFileOptions) => {
  const { path, absent = false } = options;
  const name = oneLine("a block's name", options.name);
  return editTask({
    title: `${absent ? "no block" : "block"} ${name} in ${path}`,
    path,
    ownership: options,
    edit: (text) => withBlock(text, options),
    summary: (before) => {
      if (absent) return `remove block ${name} from ${path}`;
      const there = before.includes(`BEGIN weft ${name}\n`);
      return there ? `change block ${name} in ${path}` : `add block ${name} to ${path}`;
    },
  });
};
