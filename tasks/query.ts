import { type Command, TaskError, task } from "weft";
import { subshell } from "./command/subshell.ts";

interface QueryOptions<Answer> {
  /** A read-only command that exits with 0 and prints the answer. */
  readonly ask: Command;
  /** What the printed text means. Throws where it cannot be understood. Default: the text, trimmed. */
  readonly parse?: (stdout: string) => Answer;
  /** Default: the command. */
  readonly title?: string;
}

/**
 * What a read-only command prints on a host, for later tasks to use: hand it to `after()`, or keep it
 * under a result with `register()`. Changes nothing, also in check mode.
 *
 * @category Commands
 *
 * @throws TaskError where the command exits with another status than 0
 *
 * @example
 * ```ts
 * query({ ask: sh`uname -r`, title: "kernel" })
 * ```
 */
export const query = <Answer = string>({ ask, parse, title }: QueryOptions<Answer>) =>
  task<Answer>({
    title: title ?? `query ${ask.display.trim()}`,
    probe: {
      command: subshell(ask),
      parse: ({ stdout, stderr, exitCode }) => {
        if (exitCode !== 0) {
          const said = stderr.trim();
          throw new TaskError(`exit status ${exitCode}${said === "" ? "" : `: ${said}`}`);
        }
        // Without a parser the answer is text: the default of its type.
        return parse === undefined ? (stdout.trim() as Answer) : parse(stdout);
      },
    },
    plan: () => [],
  });
