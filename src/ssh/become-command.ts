import type { Become } from "../become.ts";
import { quote } from "../shell/quote.ts";

/** A command that is to run as another user. */
export interface BecomeCall {
  readonly become: Become;
  /** Shell source. */
  readonly command: string;
  /** Random: what the host prints by chance is not taken for an answer. */
  readonly nonce: string;
}

/** Printed on stdout by the other user's shell, once it is there and before the command. */
export const entered = (nonce: string): string => `weft-${nonce}-in`;

/** Printed on stderr by a process that keeps a channel's streams for a call with a terminal. */
export const held = (nonce: string): string => `weft-${nonce}-held`;

const sudoPrompt = (nonce: string): string => `weft-${nonce}-password:`;

/** Whether what sudo or su has said is a question for a password. */
export const asks = ({ become, nonce }: BecomeCall, said: string): boolean =>
  // su has no prompt of one's own choice; in the C locale it is "Password: ", or "Password for root: ".
  become.method === "sudo"
    ? said.includes(sudoPrompt(nonce))
    : /(?:^|[\r\n])[^\r\n]*password[^\r\n]*:\s*$/i.test(said);

/** What they have said, without the markers of the call. */
export const withoutMarks = ({ nonce }: BecomeCall, said: string): string =>
  said.replaceAll(new RegExp(`weft-${nonce}-\\w*:?[\\d ]*`, "g"), "");

/**
 * `-S` reads the password from stdin, one byte at a time, so that the rest of stdin is the
 * command's; `-H` sets HOME, which not every sudoers(5) does. Messages are in English, to be
 * understood by {@link refusal}.
 */
const call = ({ become: { user, method }, nonce }: BecomeCall, inner: string): string =>
  method === "sudo"
    ? `env LC_ALL=C sudo -H -S -p ${sudoPrompt(nonce)} -u ${quote(user)} /bin/sh -c ${quote(inner)}`
    : `env LC_ALL=C su -s /bin/sh -c ${quote(inner)} ${quote(user)}`;

const inner = ({ command, nonce }: BecomeCall): string => `echo ${entered(nonce)}; ${command}`;

/** Source that the user's own shell understands, be it csh or fish. The password comes by stdin. */
export const plainCall = (one: BecomeCall): string => `exec ${call(one, inner(one))}`;

/** Seconds that the streams are kept for a call that does not come. */
const HELD_SECONDS = 60;

/**
 * Keeps the streams of its channel for {@link terminalCall}, tells the numbers of its two
 * processes, and ends when that call ends, with the same status.
 */
export const holdCall = ({ nonce }: BecomeCall): string => {
  // On 3 is a pipe that the call writes its status to: it also ends where the call is lost. Set
  // before anything is told, for a redirection of `echo` alone moves descriptors meanwhile.
  const holder = `exec 3>&1 >&2; echo ${held(nonce)} $PPID $$; exec sleep ${HELD_SECONDS}`;
  const source = `sh -c ${quote(holder)} | { read -r status; exit "\${status:-1}"; }`;
  return `exec sh -c ${quote(source)}`;
};

/**
 * The call on a channel with a terminal, for a sudo or su that wants one. The command's streams are
 * those of the channel that is held, so that they stay apart and every byte comes through as it is.
 *
 * Opened through /proc, which the kernel allows for processes of the same user: sudo closes what
 * it would inherit but for 0 to 2, and su reads the password from the terminal on 0.
 *
 * @param held numbers of the two processes that {@link holdCall} tells
 */
export const terminalCall = (
  one: BecomeCall,
  [main, holder]: readonly [main: number, holder: number],
): string => {
  const streams = "<&3 >&4 2>&5 3<&- 4>&- 5>&- 6>&-";
  const become =
    one.become.method === "sudo"
      ? `${call(one, inner(one))} ${streams}`
      : call(one, `exec ${streams}; ${inner(one)}`);
  const open = `exec 6>/proc/${holder}/fd/3 3</proc/${main}/fd/0 4>/proc/${main}/fd/1 5>/proc/${main}/fd/2`;
  return `exec sh -c ${quote(`${open}; kill -PIPE ${holder}; ${become}; echo $? >&6`)}`;
};
