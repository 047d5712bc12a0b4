import { change, sh, TaskError, task } from "weft";
import { replaceFile } from "./file/replace-file.ts";

interface HostnameOptions {
  /** Short, or with its domain: "db-1.example.com". */
  readonly name: string;
}

/**
 * The host's name, now and after a boot.
 *
 * EL6 keeps it in /etc/sysconfig/network, all later ones in /etc/hostname: hostname(5).
 *
 * @category System
 *
 * @example
 * ```ts
 * hostname({ name: "db-1.example.com" })
 * ```
 *
 * @throws TaskError for a text that is no host name (RFC 1123)
 */
export const hostname = ({ name }: HostnameOptions) => {
  const label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
  if (name.length > 64 || !new RegExp(`^${label}(\\.${label})*$`).test(name)) {
    throw new TaskError(`"${name}" is no host name`, {
      hint: 'Use letters, digits, "-" and ".", at most 64 in all.',
    });
  }
  const network = "/etc/sysconfig/network";
  // What was there stays, but for the old name.
  const rest = sh`{ grep -v '^HOSTNAME=' ${network}; echo ${`HOSTNAME=${name}`}; }`;
  return task({
    title: `hostname ${name}`,
    probe: {
      command: sh`
echo "live=$(uname -n)"
if [ -d /run/systemd/system ] || [ -f /etc/hostname ]; then
  kept=
  if [ -f /etc/hostname ]; then
    while read -r kept || [ -n "$kept" ]; do case $kept in '#'*) kept= ;; *) break ;; esac; done </etc/hostname
  fi
  echo "kept=$kept"
else
  echo "kept=$(sed -n 's/^HOSTNAME=//p' ${network} 2>/dev/null | tr -d '"')"
fi`,
      parse: ({ stdout, stderr }) => {
        const live = /^live=(.+)$/m.exec(stdout)?.[1];
        const kept = /^kept=(.*)$/m.exec(stdout)?.[1];
        if (live === undefined || kept === undefined) {
          throw new TaskError(`the host does not tell its name: ${stderr.trim()}`);
        }
        return { live, kept };
      },
    },
    plan: ({ live, kept }) => [
      ...change(
        kept !== name,
        `keep the name ${name} (was ${kept || "not set"})`,
        sh`
if [ -d /run/systemd/system ] || [ -f /etc/hostname ]; then
  ${replaceFile({ path: "/etc/hostname", text: `${name}\n` })}
else
  ${replaceFile({ path: network, text: rest })}
fi`,
      ),
      ...change(
        live !== name,
        `rename the host to ${name} (was ${live})`,
        // hostnamectl tells those who wait for it, such as NetworkManager.
        sh`
{ [ -d /run/systemd/system ] && hostnamectl set-hostname ${name} 2>/dev/null; } ||
hostname ${name} 2>/dev/null || printf '%s\n' ${name} >/proc/sys/kernel/hostname`,
      ),
    ],
  });
};
