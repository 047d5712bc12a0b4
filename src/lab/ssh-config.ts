import type { HostAddress } from "./address-plan.ts";
import { type SshKeyType, sshKeyType } from "./image/image-name.ts";

interface KeyFiles {
  clientKey(type: SshKeyType): string;
  readonly knownHosts: string;
}

// What today's OpenSSH no longer offers by itself and a server as old as 5.3 needs.
const legacyAlgorithms: readonly [string, string][] = [
  ["KexAlgorithms", "+diffie-hellman-group14-sha1"],
  ["HostKeyAlgorithms", "+ssh-rsa"],
  ["PubkeyAcceptedAlgorithms", "+ssh-rsa"],
];

/** How OpenSSH reaches one host, as the keywords and values of ssh_config(5). */
const settings = (
  { sshAddress, sshPort, image }: HostAddress,
  { clientKey, knownHosts }: KeyFiles,
): [string, string][] => [
  ["HostName", sshAddress],
  ["Port", String(sshPort)],
  ["User", "root"],
  ["IdentityFile", `"${clientKey(sshKeyType(image))}"`],
  ["IdentitiesOnly", "yes"],
  ["PreferredAuthentications", "publickey"],
  ["UserKnownHostsFile", `"${knownHosts}"`],
  ["StrictHostKeyChecking", "yes"],
  ...(image === "el6" ? legacyAlgorithms : []),
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
