import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { defaultSshPort, type HostAddress } from "./address-plan.ts";
import { type SshKeyType, sshKeyType } from "./image/image-name.ts";
import { machine } from "./machine.ts";
import type { LabPaths } from "./state.ts";

const ensureKey = async (path: string, type: SshKeyType, comment: string): Promise<void> => {
  const isThere = await readFile(`${path}.pub`).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // A half-made pair of an interrupted run would make ssh-keygen ask whether to overwrite it.
  await rm(path, { force: true });
  await machine`ssh-keygen -q -t ${type} -N ${""} -C ${comment} -f ${path}`;
};

/**
 * One known_hosts line: the host by name and by loopback address, with the port where it is another than 22.
 * @see sshd(8), SSH_KNOWN_HOSTS FILE FORMAT
 */
export const knownHostsLine = (
  { name, sshAddress, sshPort }: HostAddress,
  publicKey: string,
): string => {
  const names = [name, sshAddress];
  if (sshPort !== defaultSshPort) names.push(`[${sshAddress}]:${sshPort}`);
  return `${names.join(",")} ${publicKey.split(" ").slice(0, 2).join(" ").trim()}`;
};

/**
 * Makes the keys that are not there yet: one for the client, of each kind that a host takes, and one a host.
 * They outlive resets and `down`, so that no client ever sees a host's key change.
 */
export const ensureSshKeys = async (
  paths: LabPaths,
  hosts: readonly HostAddress[],
): Promise<void> => {
  const types = new Set(["ed25519", ...hosts.map(({ image }) => sshKeyType(image))] as const);
  await Promise.all([
    ...[...types].map((type) => ensureKey(paths.clientKey(type), type, "weft lab")),
    ...hosts.map(({ name, image }) => {
      const type = sshKeyType(image);
      return ensureKey(paths.hostKey(name, type), type, `root@${name}`);
    }),
  ]);
  const lines = hosts.map(async (host) =>
    knownHostsLine(
      host,
      await readFile(`${paths.hostKey(host.name, sshKeyType(host.image))}.pub`, "utf8"),
    ),
  );
  await writeFile(`${paths.knownHosts}.new`, `${(await Promise.all(lines)).join("\n")}\n`);
  await rename(`${paths.knownHosts}.new`, paths.knownHosts);
};
