import { type Command, sh, TaskError, task } from "weft";
import { subshell } from "./command/subshell.ts";
import { absolute } from "./file/entry.ts";

interface CommandOptions {
  /** What to run, by a POSIX sh; it must exit with 0. */
  readonly run: Command;
  /** A read-only command that exits with 0 where there is nothing to do. */
  readonly unless?: Command;
  /** A path; where something is there, there is nothing to do. */
  readonly creates?: string;
  /** Default: the command, secrets masked. */
  readonly title?: string;
  /** Seconds that it may take. Default: 600. */
  readonly timeout?: number;
}

const MAX_TITLE = 60;

const titleOf = ({ display }: Command): string => {
  const line = display.trim().replace(/\s+/g, " ");
  return line.length > MAX_TITLE ? `${line.slice(0, MAX_TITLE - 3)}...` : line;
};

/**
 * A command, for what no other task does. With `unless` or `creates` it runs only where it is needed, and
 * they must hold after it; without, it runs at every run and always counts as a change.
 *
 * @category Commands
 *
 * @example
 * ```ts
 * command({
 *   run: sh`sysadminctl import ${"/srv/app/schema.sql"}`,
 *   unless: sh`sysadminctl has-schema`,
 *   title: "database schema",
 * })
 * ```
 */
export const command = (options: CommandOptions) => {
  const { run, unless, creates, title = titleOf(run), timeout } = options;
  const tests = [
    ...(creates === undefined ? [] : [sh`[ -e ${absolute(creates)} ]`]),
    ...(unless === undefined ? [] : [sh`${subshell(unless)} >/dev/null`]),
  ];
  const [first, second] = tests;
  const test = first && second ? sh`${first} || ${second}` : first;
  return task({
    title,
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    ...(test === undefined && { unverified: true }),
    probe: {
      command:
        test === undefined ? sh`:` : sh`if ${test}; then echo done=yes; else echo done=no; fi`,
      parse: ({ stdout, stderr }) => {
        if (test === undefined) return { done: false };
        const done = /^done=(yes|no)$/m.exec(stdout)?.[1];
        if (done === undefined) {
          throw new TaskError(`\`unless\` cannot be run: ${stderr.trim()}`);
        }
        return { done: done === "yes" };
      },
    },
    plan: ({ done }) => (done ? [] : [{ summary: `run ${title}`, command: run }]),
  });
};
