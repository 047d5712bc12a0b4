import { type Command, sh, TaskError, task } from "weft";
import { subshell } from "./command/subshell.ts";

interface AssertOptions {
  /** A read-only command that must exit with 0. */
  readonly that: Command;
  /** What is wrong where it does not. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/**
 * Ends a host's run where a command on it does not exit with 0. Changes nothing.
 *
 * It is asked when the play's tasks begin, and again after each change.
 *
 * @category Commands
 *
 * @example
 * ```ts
 * assert({ that: sh`[ -d /srv ]`, message: "/srv is not there", hint: "Mount the data disk." })
 * ```
 */
export const assert = ({ that, message, hint }: AssertOptions) =>
  task({
    title: `assert ${that.display.trim()}`,
    probe: {
      command: sh`${subshell(that)} >/dev/null; echo "status=$?"`,
      parse: ({ stdout, stderr }) => {
        const status = /^status=(\d+)$/m.exec(stdout)?.[1];
        if (status === undefined) throw new TaskError(`it cannot be run: ${stderr.trim()}`);
        return { holds: status === "0", said: stderr.trim() };
      },
    },
    plan: ({ holds, said }) => {
      if (holds) return [];
      throw new TaskError(said === "" ? message : `${message}: ${said}`, hint ? { hint } : {});
    },
  });
