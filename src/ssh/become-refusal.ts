import type { Become } from "../become.ts";
import type { RefusedStep } from "./script-run.ts";
import { BecomeError } from "./transport.ts";

/** How an attempt to become another user ended. */
export interface FailedBecome {
  readonly become: Become;
  readonly loginUser: string;
  /** What sudo or su printed, without prompts. */
  readonly said: string;
  /** How the program ended: "exit status 1". */
  readonly how: string;
  /** Exit status, where it ended with one. */
  readonly status: number | undefined;
  /** Whether a password was asked for and given. */
  readonly answered: boolean;
}

const WAYS_TO_GIVE =
  "-K asks for it, once for all hosts; in the inventory it is becomePassword, or ansible_become_password";

/** The program will not go on without a terminal: requiretty in sudoers(5), or an old su. */
const WANTS_TERMINAL =
  /must have a tty|a terminal is required|no tty present|must be run from a terminal|standard in must be a tty/i;

export const wantsTerminal = ({ said }: FailedBecome): boolean => WANTS_TERMINAL.test(said);

/** Whose password it is that the program asks for. */
const askedOf = ({ become: { user, method }, loginUser }: FailedBecome): string =>
  method === "sudo" ? loginUser : user;

/** A password was asked for, and there is none. */
export const noPassword = (failed: FailedBecome): BecomeError =>
  new BecomeError(
    `${failed.become.method} asks for the password of ${askedOf(failed)}, and none was given`,
    { hint: WAYS_TO_GIVE },
  );

/** The password was not the right one. */
export const wrongPassword = (failed: FailedBecome): BecomeError => {
  const { method } = failed.become;
  const rest =
    method === "su" ? "; su wants that of the user to become, who may well have none" : "";
  return new BecomeError(`${method} does not take the password given for ${askedOf(failed)}`, {
    hint: `${WAYS_TO_GIVE}${rest}`,
  });
};

type Rule = readonly [
  pattern: RegExp,
  tell: (failed: FailedBecome) => readonly [message: string, hint: string],
];

/** Texts of sudo 1.8 and 1.9, and of the su of util-linux, coreutils, shadow and busybox. */
const RULES: readonly Rule[] = [
  [
    /unknown user|user \S+ does not exist|No passwd entry|invalid user/i,
    ({ become: { user } }) => [
      `the host has no user ${user}`,
      "check becomeUser, or let a task before it add the user",
    ],
  ],
  [
    /not in the sudoers|not allowed to (?:run|execute)|may not run sudo/i,
    ({ become: { user }, loginUser }) => [
      `sudo does not let ${loginUser} become ${user}`,
      "add a rule to its sudoers, become a user that it allows, or become by su",
    ],
  ],
];

/** The error that a failed attempt comes to: what, and what to do. */
export const refusal = (failed: FailedBecome): BecomeError => {
  const { become, said, how, status, answered } = failed;
  const { user, method } = become;
  const words = said
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (status === 127) {
    const other = method === "sudo" ? "su" : "sudo";
    return new BecomeError(`the host has no ${method}`, {
      hint: `install it, or become by ${other}: --become-method ${other}`,
    });
  }
  for (const [pattern, tell] of RULES) {
    if (!pattern.test(said)) continue;
    const [message, hint] = tell(failed);
    return new BecomeError(message, { hint });
  }
  if (answered && /try again|incorrect|authentication failure/i.test(said)) {
    return wrongPassword(failed);
  }
  const saying = words.length === 0 ? "" : `, saying "${words.slice(-3).join(" ")}"`;
  return new BecomeError(`${method} does not start a shell as ${user}: ${how}${saying}`, {
    hint: `try it on the host: ${method === "sudo" ? `sudo -u ${user} sh` : `su -s /bin/sh ${user}`}`,
  });
};

/** The error for a step that root's shell could not run as another user. */
export const refusedWithin = ({ index, user, said }: RefusedStep): BecomeError => {
  const become = { user, method: "su" } as const;
  const how = "it failed";
  const failed = { become, loginUser: "root", said, how, status: undefined, answered: false };
  const error = refusal(failed);
  return new BecomeError(error.message, {
    index,
    ...(error.hint !== undefined && { hint: error.hint }),
  });
};
