import { messageOf } from "../message-of.ts";
import { Problem } from "../problem.ts";
import { knownSecrets } from "../shell/secret-register.ts";
import { formatProblem } from "../ui/error-message.ts";
import { wantsColor } from "./terminal-renderer.ts";

/** Tells the user what is wrong before a run began; the stack of the cause with -vv only. */
export const reportProblem = (error: unknown, verbosity: number): void => {
  const hint = error instanceof Problem ? error.hint : undefined;
  const message = messageOf(error);
  const origin = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const stack = origin instanceof Error ? origin.stack : undefined;
  const text = formatProblem(
    { message, ...(hint !== undefined && { hint }), ...(stack !== undefined && { stack }) },
    { color: wantsColor(process.stderr.isTTY === true), verbosity },
  );
  process.stderr.write(knownSecrets.mask(text));
};
