import type { LockHolder, LockRequest } from "./transport.ts";

/** Variable that holds the label of a shell. */
export const LABEL = "WEFT_RUN";

/** A label of fields that are safe in every shell's source. */
export const labelOf = (fields: readonly string[]): string =>
  fields.map((field) => field.replace(/[^A-Za-z0-9@._:+/-]/g, "_").slice(0, 60)).join(",");

/** The fields of a label. */
export const fieldsOf = (label: string): readonly string[] => label.split(",");

/** The command that starts a shell which carries the label, for others to read. */
export const labelled = (command: string, { label }: LockRequest): string =>
  command.replace(/^exec /, `exec env ${LABEL}=${label} `);

/**
 * Shell source that takes the lock, or finds out who has it. Sets `weft_lock`: empty where the shell has
 * it, or where a shell of the same run has it (a machine may have two names); otherwise the holder's
 * process number, the process number and name of what it is running, and its label, each `-` where
 * unknown. A host without flock(1) is not locked.
 *
 * The shell's number 8 is the lock; commands get it closed, or a daemon would keep it.
 * `-ef` is no POSIX, but dash, bash and busybox have it, and a process less for each of the host's.
 * Sources: flock(1), proc(5): another user's processes show their files and environment to root only.
 */
export const lockScript = ({ label, takeFrom, folder = "/" }: LockRequest): string => `weft_lock=
weft_try() {
  exec 8<${folder}; flock -n 8 && return 0
  exec 8<&-
  for weft_dir in /proc/[0-9]*; do
    [ "$weft_dir" != "/proc/$$" ] && [ $weft_dir/fd/8 -ef ${folder} ] || continue
    weft_label=$(tr '\\0' '\\n' <$weft_dir/environ | sed -n 's/^${LABEL}=//p')
    [ -n "$weft_label" ] || continue
    [ "$weft_label" != "${label}" ] || return 0
    weft_pid=\${weft_dir#/proc/} weft_child=-
    for weft_stat in /proc/[0-9]*/stat; do
      read -r weft_line <$weft_stat || continue
      set -- \${weft_line##*) }
      [ "$2" != "$weft_pid" ] || weft_child=\${weft_line%%)*}
    done
    weft_child=$(echo "$weft_child" | tr ' ;' '__')
    if [ "$weft_pid" = "${takeFrom ?? ""}" ] && [ "$weft_child" = - ]; then
      kill -KILL "$weft_pid"; sleep 1; exec 8<${folder}; flock -n 8 && return 0
      exec 8<&-
    fi
    weft_lock="$weft_pid $weft_child $weft_label"; return 0
  done
  weft_lock="- - -"
}
! command -v flock >/dev/null || weft_try
unset ${LABEL}
`;

/**
 * Shell source, one line, for the shell that has the lock: where it would end, it first waits for
 * another shell of the run, which may be in the middle of a command when the connection is lost.
 */
export const lingerLine = (pid: number): string =>
  `weft_linger="$weft_linger ${pid}"; trap 'for weft_pid in $weft_linger; do while [ -d /proc/$weft_pid ]; do sleep 0.1 || sleep 1; done; done' 0\n`;

/** Reads what the script found out; `undefined` where the shell may go on. */
export const holderOf = (text: string): LockHolder | undefined => {
  const [pid = "", command = "-", label = "-"] = text.split(" ");
  if (pid === "") return undefined;
  return {
    ...(pid !== "-" && { pid: Number(pid) }),
    ...(command !== "-" && { command: command.replace("_(", " (") }),
    ...(label !== "-" && { label }),
  };
};
