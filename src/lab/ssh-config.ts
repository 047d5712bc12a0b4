import type { HostAddress } from "./address-plan.ts";

interface KeyFiles {
  readonly clientKey: string;
  readonly knownHosts: string;
}

/** How OpenSSH reaches one host, as the keywords and values of ssh_config(5). */
const settings = (
  { sshAddress, sshPort }: HostAddress,
  { clientKey, knownHosts }: KeyFiles,
): [string, string][] => [
  ["HostName", sshAddress],
  ["Port", String(sshPort)],
  ["User", "root"],
  ["IdentityFile", `"${clientKey}"`],
  ["IdentitiesOnly", "yes"],
  ["PreferredAuthentications", "publickey"],
  ["UserKnownHostsFile", `"${knownHosts}"`],
  ["StrictHostKeyChecking", "yes"],
];

/** An OpenSSH configuration by which ssh, scp and Ansible reach the lab's hosts by name. */
export const sshConfig = (hosts: readonly HostAddress[], keys: KeyFiles): string =>
  hosts
    .map((host) =>
      [
        `Host ${host.name}`,
        ...settings(host, keys).map(([key, value]) => `  ${key} ${value}`),
      ].join("\n"),
    )
    .join("\n\n");

/** The same for one host, as arguments of ssh(1) that pass the user's own configuration by. */
export const sshArguments = (host: HostAddress, keys: KeyFiles): string[] => [
  "-F",
  "none",
  ...settings(host, keys).flatMap(([key, value]) => ["-o", `${key}=${value}`]),
  host.name,
];
