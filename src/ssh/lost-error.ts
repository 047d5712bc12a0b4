import type { Command } from "../shell/command.ts";
import { UnreachableError } from "./transport.ts";

/** Why a session is over. */
export interface LossReason {
  /** "the connection was lost" */
  readonly what: string;
  /** "keepalive timeout" */
  readonly why: string;
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

/**
 * A session ended before its answers were in.
 *
 * @param where address and port
 * @param command what was running, if anything was
 */
export const lostError = (
  where: string,
  { what, why, hint, cause }: LossReason,
  command: Command | undefined,
): UnreachableError =>
  new UnreachableError(
    `${where}: ${what}${command ? ` while running \`${nameOf(command)}\`` : ""}: ${why}`,
    { cause, ...(hint !== undefined && { hint }) },
  );
