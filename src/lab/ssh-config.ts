import type { HostAddress } from "./address-plan.ts";

/**
 * An OpenSSH configuration by which ssh, scp and Ansible reach the lab's hosts by name.
 * @see ssh_config(5)
 */
export const sshConfig = (
  hosts: readonly HostAddress[],
  { clientKey, knownHosts }: { clientKey: string; knownHosts: string },
): string =>
  hosts
    .map(({ name, sshAddress }) =>
      [
        `Host ${name}`,
        `  HostName ${sshAddress}`,
        "  Port 22",
        "  User root",
        `  IdentityFile "${clientKey}"`,
        "  IdentitiesOnly yes",
        "  PreferredAuthentications publickey",
        `  UserKnownHostsFile "${knownHosts}"`,
        "  StrictHostKeyChecking yes",
        "",
      ].join("\n"),
    )
    .join("\n");
