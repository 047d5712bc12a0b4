import { quote } from "../shell/quote.ts";
import { LABEL } from "./host-lock.ts";
import type { ShellHello } from "./shell-channel.ts";
import { ENVIRONMENT } from "./shell-script.ts";

/**
 * Shell source, one line, for the shell of a user who was become: the names that su leaves as they
 * were, and where it starts.
 *
 * @param atHome in the user's home directory, as one who logs in; else where it was started
 */
export const userPreparation = (user: string, atHome: boolean): string => {
  const name = quote(user);
  const place = atHome ? 'cd "$HOME" 2>/dev/null || cd /' : ":";
  return `USER=${name} LOGNAME=${name}; export USER LOGNAME; ${place}`;
};

/** The same for a user whose step runs inside the shell of root. */
export const preparationWithin = (user: string, atHome: boolean): string =>
  `${ENVIRONMENT}; ${userPreparation(user, atHome)}`;

/** What a shell sets itself, or lets nobody set, and the mark of the run's own shell. */
const NOT_TAKEN = `/^${LABEL}=/d;/^_=/d;/^OLDPWD=/d;/^PWD=/d;/^SHLVL=/d;/^UID=/d;/^EUID=/d;/^PPID=/d;/^SHELLOPTS=/d;/^BASH/d`;

/**
 * The same for the user who logged in: its environment is that of its own shell, which holds what
 * sshd and PAM gave it, such as the socket of a forwarded agent.
 *
 * Source: proc(5), /proc/pid/environ, entries that end with NUL. A line end within one is kept as
 * the character 1 meanwhile.
 */
export const loginPreparation = ({ pid, umask }: Pick<ShellHello, "pid" | "umask">): string =>
  [
    "unset SUDO_COMMAND SUDO_GID SUDO_UID SUDO_USER MAIL TERM",
    `eval "$(tr '\\n\\0' '\\1\\n' </proc/${pid}/environ | sed -n "${NOT_TAKEN};s/'/'\\\\\\\\''/g;s/^\\([A-Za-z_][A-Za-z0-9_]*\\)=\\(.*\\)$/export \\1='\\2'/p" | tr '\\1' '\\n')"`,
    ENVIRONMENT,
    `umask ${umask}`,
    `cd -P /proc/${pid}/cwd 2>/dev/null`,
  ].join("\n");
