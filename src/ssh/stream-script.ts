import { quote } from "../shell/quote.ts";
import { preparation } from "./shell-script.ts";
import type { Step } from "./transport.ts";

/**
 * The command of a channel whose stdin first holds one line of shell source and then the
 * command's own input. `read` takes the line byte by byte and leaves the rest (POSIX, XCU 4).
 * The source does not go into the command itself: `ps` would show its secrets to every user.
 * No line end and no "!" inside, so that csh can start it too.
 */
export const STREAM_COMMAND = `exec sh -c 'IFS= read -r weft_line; eval "$weft_line"'`;

/**
 * That line: reports the process number, then runs the step with the rest of the channel as its
 * stdin. It survives the USR1 that comes with the killing of the step, to report the status.
 *
 * @param user see {@link preparation}
 */
export const streamLine = (nonce: string, { command }: Step, user?: string): string => {
  const source = quote(` ${command.script}`).replaceAll("\n", `'"$weft_nl"'`);
  const run = `( eval ${source} ) 2>&9 9>&-; exit $?`;
  return `${preparation(nonce, user)}; trap : USR1; weft_mark hello $$; weft_nl=$(printf '\\nx'); weft_nl=\${weft_nl%x}; ${run}\n`;
};
