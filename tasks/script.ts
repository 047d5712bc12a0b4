import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type Command, sh, TaskError } from "weft";
import { command } from "./command.ts";

interface ScriptOptions {
  /** A local file, from the working directory of weft or absolute. */
  readonly file: string;
  readonly args?: readonly string[];
  /** What runs it on the host, such as "bash". Default: "sh". */
  readonly interpreter?: string;
  /** A read-only command that exits with 0 where there is nothing to do. */
  readonly unless?: Command;
  /** A path on the host; where something is there, there is nothing to do. */
  readonly creates?: string;
  /** Default: the file's name and arguments. */
  readonly title?: string;
  /** Seconds that it may take. Default: 600. */
  readonly timeout?: number;
}

/** @throws TaskError where it cannot be read, or is no text */
const read = (file: string): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    throw new TaskError(`the script ${file} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
};

/**
 * A local script that is run on the host. With `unless` or `creates` it runs only where it is needed;
 * without, at every run.
 *
 * @category Commands
 *
 * @example
 * ```ts
 * script({ file: "scripts/join-cluster.sh", args: ["db-1"], creates: "/etc/cluster/joined" })
 * ```
 *
 * @throws TaskError where the file cannot be read
 */
export const script = (options: ScriptOptions) => {
  const { file, args = [], interpreter = "sh", ...rest } = options;
  // From a file of its own: on its standard input, its own commands would read the rest of it.
  const run = sh`
weft_script=$(mktemp) && trap 'rm -f "$weft_script"' EXIT && printf %s ${read(file)} >"$weft_script" &&
${interpreter} "$weft_script" ${args}`;
  return command({ title: [basename(file), ...args].join(" "), ...rest, run });
};
