import type { Command } from "../shell/command.ts";
import { UnreachableError } from "./transport.ts";

/** Why a session is over. */
export interface LossReason {
  /** "the connection was lost" */
  readonly what: string;
  /** "keepalive timeout" */
  readonly why: string;
  /** `what` names the command itself. */
  readonly namesCommand?: boolean;
  readonly hint?: string;
  readonly cause?: unknown;
}

const LONGEST_NAME = 100;

/** What a command is called in a message: its first line, secrets masked. */
export const nameOf = ({ display }: Command): string => {
  const [first = "", ...more] = display.trim().split("\n");
  const name = first.length > LONGEST_NAME ? first.slice(0, LONGEST_NAME) : first;
  return name === first && more.length === 0 ? name : `${name} ...`;
};

/** A command that was to be ended goes on: the session is given up, for nobody knows what it does next. */
export const stillRuns = (command: Command | undefined, why: string): LossReason => ({
  what: `${command ? `\`${nameOf(command)}\`` : "a command"} could not be ended and may still run`,
  why,
  namesCommand: true,
  hint: "look on the host; weft can only end what its user may",
});

/**
 * A session ended before its answers were in.
 *
 * @param where address and port
 * @param command what was running, if anything was
 */
export const lostError = (
  where: string,
  { what, why, namesCommand = false, hint, cause }: LossReason,
  command: Command | undefined,
): UnreachableError => {
  const during = command && !namesCommand ? ` while running \`${nameOf(command)}\`` : "";
  return new UnreachableError(`${where}: ${what}${during}: ${why}`, {
    cause,
    ...(hint !== undefined && { hint }),
  });
};
