import { mask } from "../shell/mask.ts";
import { BecomeError, CommandTimeoutError, UnreachableError } from "../ssh/transport.ts";
import { type Change, type CommandResult, TaskError } from "../task.ts";
import type { Failure } from "./events.ts";

/** So many last lines of a failed command's output are shown. */
const LAST_LINES = 15;

const lastLines = ({ stdout, stderr }: CommandResult): string =>
  // A tool says what went wrong on stderr; stdout stands in where it did not.
  (stderr.trim() === "" ? stdout : stderr).trimEnd().split("\n").slice(-LAST_LINES).join("\n");

const commandFailure = (message: string, change: Change, result: CommandResult): Failure => ({
  message,
  command: change.command.display,
  exitCode: result.exitCode,
  output: mask(lastLines(result), change.command.secrets),
});

/** A change whose command exited with another status than 0. */
export const failedChange = (change: Change, result: CommandResult): Failure =>
  commandFailure(`could not ${change.summary}`, change, result);

/** A change that was ended because it took too long. */
export const timedOut = (change: Change, error: CommandTimeoutError): Failure => ({
  ...commandFailure(`could not ${change.summary}: it ${error.message}`, change, error.result),
  hint: "Give the task a longer timeoutMs, or look on the host for what it waits for.",
});

/** Everything else that can go wrong while a task is read, planned or applied. */
export const failureOf = (error: unknown): Failure => {
  if (!(error instanceof Error)) return { message: String(error) };
  const hasHint =
    error instanceof TaskError || error instanceof UnreachableError || error instanceof BecomeError;
  const hint = hasHint ? error.hint : undefined;
  return {
    message: error.message,
    ...(error instanceof CommandTimeoutError && { output: lastLines(error.result) }),
    ...(hint !== undefined && { hint }),
    ...(error.stack !== undefined && { stack: error.stack }),
  };
};
