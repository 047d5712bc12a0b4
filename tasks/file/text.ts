import { type Command, type CommandResult, sh, TaskError } from "weft";

/** Prints a file to the last byte, each line marked; a dot stands after the end. A path may be shell source. */
export const askText = (path: string | Command): Command =>
  sh`{ cat ${path} && echo .; } | sed 's/^/text|/'`;

/**
 * The exact text that {@link askText} printed; `undefined` where it printed none.
 *
 * @throws TaskError where the answer was cut, or the file could not be read
 */
export const parseText = ({ stdout, stderr, truncated }: CommandResult): string | undefined => {
  const lines = stdout.split("\n").filter((line) => line.startsWith("text|"));
  if (lines.length === 0) return undefined;
  if (truncated) throw new TaskError("the file is too long to be read");
  const text = lines.map((line) => line.slice("text|".length)).join("\n");
  if (!text.endsWith(".")) throw new TaskError(`the file cannot be read: ${stderr.trim()}`);
  return text.slice(0, -1);
};

/** Whether a text came from the host as it is: neither binary nor in another encoding than UTF-8. */
export const isText = (text: string): boolean => !/[\0\uFFFD]/.test(text);
