import { type Command, type CommandResult, sh, TaskError } from "weft";

/** Prints a file, where it is there, as a section of a probe's answer: each line marked with a name. */
export const readSection = (name: string, path: string): Command =>
  // The echo ends a last line that has no line end of its own.
  sh`if [ -r ${path} ]; then sed ${`s/^/${name}|/`} ${path}; echo; fi`;

/**
 * The text of a section; `undefined` where the file is absent or empty.
 *
 * @throws TaskError where the answer was cut.
 */
export const section = (name: string, { stdout, truncated }: CommandResult): string | undefined => {
  if (truncated) throw new TaskError(`the answer is too long to be read: ${name}`);
  const mark = `${name}|`;
  const lines = stdout.split("\n").filter((line) => line.startsWith(mark));
  return lines.length === 0
    ? undefined
    : lines.map((line) => `${line.slice(mark.length)}\n`).join("");
};
