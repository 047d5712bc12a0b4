import { type Command, sh, task } from "weft";
import { subshell } from "./command/subshell.ts";

interface DebugOptions {
  /** Default: the text's first line, or the command. */
  readonly title?: string;
  /** What to show. */
  readonly text?: string;
  /** A read-only command whose output is shown, whatever its exit status. */
  readonly command?: Command;
}

/**
 * Shows a text, or what a read-only command prints on the host. Changes nothing, also in check mode.
 *
 * @category Commands
 *
 * @example
 * ```ts
 * debug({ command: sh`df -h /srv` })
 * ```
 */
export const debug = ({ text, command, title }: DebugOptions) =>
  task({
    title: title ?? `debug ${text?.split("\n")[0] ?? command?.display.trim() ?? ""}`,
    probe: {
      command: command === undefined ? sh`:` : sh`${subshell(command)} 2>&1`,
      parse: ({ stdout, exitCode }) => ({ said: stdout.trimEnd(), exitCode }),
    },
    plan: () => [],
    report: ({ said, exitCode }) =>
      [
        ...(text === undefined ? [] : [text]),
        ...(said === "" ? [] : [said]),
        ...(exitCode === 0 ? [] : [`exit ${exitCode}`]),
      ].join("\n") || undefined,
  });
