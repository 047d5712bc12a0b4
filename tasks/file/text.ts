import { type Command, type CommandResult, sh, TaskError } from "weft";

/** What stands before each line of a file, and with a dot after its last byte. */
const MARK = "text|";
const END = `${MARK}.`;

/** Prints a file to the last byte. A path may be shell source. */
export const askText = (path: string | Command): Command =>
  sh`sed ${`s/^/${MARK}/`} ${path} && echo ${END}`;

/**
 * The exact text that {@link askText} printed; `undefined` where it printed none.
 *
 * @throws TaskError where the answer was cut, or the file could not be read
 */
export const parseText = ({ stdout, stderr, truncated }: CommandResult): string | undefined => {
  const lines = stdout.split("\n").filter((line) => line.startsWith(MARK));
  if (lines.length === 0) return undefined;
  if (truncated) throw new TaskError("the file is too long to be read");
  const text = lines.map((line) => line.slice(MARK.length)).join("\n");
  // Where the file's last line has no end, the mark at the end follows in that line.
  const end = lines.at(-1) === END ? "." : END;
  if (!text.endsWith(end)) throw new TaskError(`the file cannot be read: ${stderr.trim()}`);
  return text.slice(0, -end.length);
};

/** Whether a text came from the host as it is: neither binary nor in another encoding than UTF-8. */
export const isText = (text: string): boolean => !/[\0\uFFFD]/.test(text);
