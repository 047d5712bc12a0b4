import { quote } from "../shell/quote.ts";
import type { Step } from "./transport.ts";

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
const ENVIRONMENT = `LC_ALL=C PATH=\${PATH:-/usr/local/bin:/usr/bin:/bin}:${ADMIN_PATH}; export LC_ALL PATH`;

/**
 * Shell source, one line, that prepares a shell to run commands:
 *
 * - Its own stderr goes to /dev/null and the channel's becomes number 9: bash reports a killed
 *   command together with its whole source, secrets included.
 * - `weft_mark KEY VALUE` prints a marker on both streams.
 */
export const preparation = (nonce: string): string => {
  const print = `printf '\\036${nonce};%s;%s;%s\\036' "$weft_run" "$1" "$2"`;
  return `exec 9>&2 2>/dev/null; ${ENVIRONMENT}; weft_run=0 weft_stop=; weft_mark() { ${print}; ${print} >&9; }`;
};

/**
 * What the shell is told once, at its start. It answers with its process number and, where it is
 * bash and has `head`, the word `bash`.
 *
 * USR1 means: skip the rest of this script. It comes with the killing of a command, and only the
 * shell itself has this trap; a subshell resets it.
 */
export const openingScript = (nonce: string): string => `${preparation(nonce)}
weft_end() { [ "$2" = 1 ] && [ "$3" != 0 ] && weft_stop=1; weft_mark "$1" "$3"; }
trap weft_stop=1 USR1
weft_bash=; [ -n "$BASH_VERSION" ] && command -v head >/dev/null && weft_bash=bash
weft_mark hello "$$ $weft_bash"
`;

/**
 * The steps as one script for the open shell.
 *
 * Each runs in a subshell, through `eval`: a syntax error, `exit`, `cd` or `set -e` in it stays
 * there, and its commands see an empty stdin. After each, a marker with its status goes to stdout
 * and stderr; `-` is the status of a skipped one.
 */
export const script = (run: number, steps: readonly Step[]): string => {
  // The colon takes the trap of a USR1 that came late, before it could stop this script.
  const lines = [":", `weft_run=${run} weft_stop=`, "weft_mark begin 0"];
  steps.forEach(({ command, mustSucceed = false }, index) => {
    // The space keeps bash from reading a leading "-" as an option of eval.
    const body = `( eval ${quote(` ${command.script}`)} ) </dev/null 2>&9 9>&-`;
    lines.push(
      `if [ -z "$weft_stop" ]; then ${body}; weft_end ${index} ${mustSucceed ? 1 : 0} $?; else weft_mark ${index} -; fi`,
    );
  });
  return `${lines.join("\n")}\n`;
};

/** Bash reads a script from a pipe byte by byte, 0.25 ms a KiB; beyond this size `head` pays. */
const SLOW_FROM_BYTES = 8 * 1024;

/**
 * The script as it is written to the shell. For bash, a long one is read in blocks by `head`: bash
 * leaves the pipe to its children byte-exact, which other shells do not, and they need no help.
 */
export const onTheWire = (text: string, isBash: boolean): string => {
  const bytes = Buffer.byteLength(text);
  if (!isBash || bytes <= SLOW_FROM_BYTES) return text;
  // Half a script must never run, nor its second half be taken for commands.
  return `weft_text=$(head -c ${bytes}) || exit 1; eval "$weft_text"\n${text}`;
};
