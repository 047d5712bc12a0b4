import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readFile, readlink, symlink } from "node:fs/promises";
import { join } from "node:path";
import { type HostAddress, underlayMtu, underlayPrefix } from "./address-plan.ts";
import type { TextFile } from "./image/rpm-package.ts";
import { writeTree } from "./image/tree.ts";
import { machine } from "./machine.ts";
import type { LabPaths } from "./state.ts";

/** The files that make one host different from the next, by path without leading slash. */
export const hostFiles = (
  host: HostAddress,
  all: readonly HostAddress[],
): Readonly<Record<string, TextFile>> => ({
  "etc/hostname": { text: `${host.name}\n` },
  // Without it systemd takes the boot for the first ever, and enables units by itself.
  "etc/machine-id": { text: `${randomBytes(16).toString("hex")}\n`, mode: 0o444 },
  "etc/hosts": {
    text: [
      "127.0.0.1 localhost localhost.localdomain",
      "::1 localhost localhost.localdomain",
      ...all.map(({ name, underlayAddress }) => `${underlayAddress} ${name}`),
      "",
    ].join("\n"),
  },
  "etc/sysconfig/network-scripts/ifcfg-eth0": {
    text: [
      "DEVICE=eth0",
      "TYPE=Ethernet",
      "BOOTPROTO=none",
      "ONBOOT=yes",
      `IPADDR=${host.underlayAddress}`,
      `PREFIX=${underlayPrefix}`,
      `MTU=${underlayMtu}`,
      "",
    ].join("\n"),
  },
});

/** The directory of the image that a host's disk began with; undefined where it has no disk. */
export const diskImage = (paths: LabPaths, host: string): Promise<string | undefined> =>
  readlink(paths.host(host).image).catch(() => undefined);

/** Throws a host's disk away. */
export const removeDisk = async (paths: LabPaths, host: string): Promise<void> => {
  await machine`rm -rf ${paths.host(host).dir}`;
};

/** Makes a fresh disk: the image, and on it what is the host's own. */
export const makeDisk = async (
  paths: LabPaths,
  { host, all, image }: { host: HostAddress; all: readonly HostAddress[]; image: string },
): Promise<void> => {
  const own = paths.host(host.name);
  await removeDisk(paths, host.name);
  for (const dir of [own.upper, own.work, own.root, own.docker])
    await mkdir(dir, { recursive: true });
  await writeTree(own.upper, hostFiles(host, all));
  const hostKey = join(own.upper, "etc/ssh/ssh_host_ed25519_key");
  await mkdir(join(own.upper, "etc/ssh"), { recursive: true });
  await copyFile(paths.hostKey(host.name), hostKey);
  await copyFile(`${paths.hostKey(host.name)}.pub`, `${hostKey}.pub`);
  const key = { text: await readFile(`${paths.clientKey}.pub`, "utf8"), mode: 0o600 };
  await writeTree(own.upper, { "root/.ssh/authorized_keys": key });
  // A directory that is made here hides the image's with this machine's umask.
  await machine`
    chmod 755 ${own.upper} ${join(own.upper, "etc")} ${join(own.upper, "etc/ssh")}
    chmod 700 ${join(own.upper, "root")} ${join(own.upper, "root/.ssh")}
    for user in cloud-user admin; do
      mkdir -p ${own.upper}/home/$user/.ssh
      cp ${own.upper}/root/.ssh/authorized_keys ${own.upper}/home/$user/.ssh/
      chown -R $(stat -c %u:%g ${image}/home/$user) ${own.upper}/home/$user
      chmod 700 ${own.upper}/home/$user ${own.upper}/home/$user/.ssh
    done
    chmod 755 ${own.upper}/home`;
  // Last: only a disk with this link is a whole one.
  await symlink(image, own.image);
};
