import { quote } from "../shell/quote.ts";
import { lockScript } from "./host-lock.ts";
import type { LockRequest, Step } from "./transport.ts";

/** A user whose step runs inside the shell of root. */
export interface UserWithin {
  readonly user: string;
  /** Shell source that puts the user's environment in order. */
  readonly preparation: string;
}

/** What differs in the start of a shell. */
export interface Opening {
  /** Keeps other runs off the host; where another one has it, all scripts reject. */
  readonly lock?: LockRequest | undefined;
  /** More shell source, for the shell of another user than the one who logged in. */
  readonly preparation?: string | undefined;
}

/** A step as the shell of a channel is to run it. */
export interface ScriptStep extends Step {
  /** Default: the shell's own user. */
  readonly within?: UserWithin | undefined;
}

/** ASCII record separator: begins and ends a marker, so that a shell's `set` never prints one by chance. */
export const MARK = "\x1e";

/**
 * The command that starts a shell which reads its script on standard input. `exec` spares the
 * user's own shell, which may be csh or fish and only has to understand this much.
 */
export const SHELL_COMMAND = "exec sh";

/** Appended to the host's PATH: what an administrator's login shell has and a bare one lacks. */
const ADMIN_PATH = "/usr/local/sbin:/usr/sbin:/sbin";

/** Puts the environment in order that every command runs in: messages in English, tools found. */
export const ENVIRONMENT = `LC_ALL=C PATH=\${PATH:-/usr/local/bin:/usr/bin:/bin}:${ADMIN_PATH}; export LC_ALL PATH`;

/**
 * Shell source, one line, that prepares a shell to run commands:
 *
 * - Its own stderr goes to /dev/null and the channel's becomes number 9: bash reports a killed
 *   command together with its whole source, secrets included.
 * - `weft_mark KEY VALUE` prints a marker on both streams.
 *
 * @param user more of it, for the shell of another user than the one who logged in
 */
export const preparation = (nonce: string, user = ":"): string => {
  const print = `printf '\\036${nonce};%s;%s;%s\\036' "$weft_run" "$1" "$2"`;
  return `exec 9>&2 2>/dev/null; ${ENVIRONMENT}; ${user}; weft_run=0 weft_stop=; weft_mark() { ${print}; ${print} >&9; }`;
};

/**
 * What a user within runs: says on stdout that it is there, then runs the source that comes on
 * stdin, which `ps` never shows. Descriptor 7 is the step's stdout.
 */
const AS_USER = `echo in; exec >&7 7>&-; eval "$(cat)" </dev/null`;

/**
 * What the shell is told once, at its start. It answers with its process number and its umask; then
 * with who holds the host's lock, where another run does.
 *
 * USR1 means: skip the rest of this script. It comes with the killing of a command, and only the
 * shell itself has this trap; a subshell resets it.
 */
export const openingScript = (
  nonce: string,
  { lock, preparation: user }: Opening = {},
): string => `${preparation(nonce, user)}
weft_end() { [ "$2" = 1 ] && [ "$3" != 0 ] && weft_stop=1; weft_mark "$1" "$3"; }
weft_end_within() { [ "$weft_in" = in ] || weft_mark refused "$1"; weft_end "$@"; }
weft_as=${quote(AS_USER)}
trap weft_stop=1 USR1
weft_bash=; [ -n "$BASH_VERSION" ] && command -v head >/dev/null && weft_bash=1
weft_mark hello "$$ $(umask)"
${lock === undefined ? "" : `${lockScript(lock)}weft_mark lock "$weft_lock"\n`}`;

/** Runs a step as the shell's own user. */
const own = ({ command }: Step): string =>
  // The space keeps bash from reading a leading "-" as an option of eval.
  `( eval ${quote(` ${command.script}`)} ) </dev/null 2>&9 9>&- 8<&-`;

/**
 * Runs a step as another user, from a shell of root, whom su asks for nothing. What su prints on
 * stdout goes into `weft_in`; its command's stdout is the step's.
 *
 * `printf` is part of the shell: no process has the source among its arguments.
 */
const within = ({ command }: Step, { user, preparation: prepare }: UserWithin): string =>
  `{ weft_in=$(printf '%s\\n' ${quote(`${prepare}\n${command.script}`)} | su -s /bin/sh -c "$weft_as" -- ${quote(user)} 2>&9 9>&- 8<&-); } 7>&1`;

/**
 * The steps as one script for the open shell.
 *
 * Each runs in a subshell, through `eval`: a syntax error, `exit`, `cd` or `set -e` in it stays
 * there, and its commands see an empty stdin. After each, a marker with its status goes to stdout
 * and stderr; `-` is the status of a skipped one. One whose user could not be become has the marker
 * `refused` before its own.
 */
export const script = (run: number, steps: readonly ScriptStep[]): string => {
  // The colon takes the trap of a USR1 that came late, before it could stop this script.
  const lines = [":", `weft_run=${run} weft_stop=`, "weft_mark begin 0"];
  steps.forEach((step, index) => {
    const [body, end] = step.within
      ? [within(step, step.within), "weft_end_within"]
      : [own(step), "weft_end"];
    lines.push(
      `if [ -z "$weft_stop" ]; then ${body}; ${end} ${index} ${step.mustSucceed ? 1 : 0} $?; else weft_mark ${index} -; fi`,
    );
  });
  return `${lines.join("\n")}\n`;
};

/** Bash reads a script from a pipe byte by byte, 0.25 ms a KiB; beyond this size `head` pays. */
const SLOW_FROM_BYTES = 8 * 1024;

/**
 * The script as it is written to the shell. In bash, a long one is read in blocks by `head`: bash
 * leaves the pipe to its children byte-exact, which other shells do not, and they need no help.
 */
export const onTheWire = (text: string): string => {
  const bytes = Buffer.byteLength(text);
  if (bytes <= SLOW_FROM_BYTES) return text;
  // Half a script must never run, nor its second half be taken for commands.
  const inBlocks = `weft_text=$(head -c ${bytes}) || exit 1; eval "$weft_text"`;
  return `if [ -n "$weft_bash" ]; then ${inBlocks}; fi\n${text}`;
};
