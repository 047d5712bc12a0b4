import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readFile, readlink, symlink } from "node:fs/promises";
import { join } from "node:path";
import { type HostAddress, underlayMtu, underlayPrefix } from "./address-plan.ts";
import { layersOf } from "./image/ensure-image.ts";
import { sshKeyType } from "./image/image-name.ts";
import type { TextFile } from "./image/rpm-package.ts";
import { writeTree } from "./image/tree.ts";
import { machine } from "./machine.ts";
import type { LabPaths } from "./state.ts";
import { makeVmDisk } from "./vm/vm-disk.ts";

/** The files that make one host different from the next, by path without leading slash. */
export const hostFiles = (
  host: HostAddress,
  all: readonly HostAddress[],
): Readonly<Record<string, TextFile>> => ({
  ...(host.image === "el6"
    ? { "etc/sysconfig/network": { text: `NETWORKING=yes\nHOSTNAME=${host.name}\n` } }
    : { "etc/hostname": { text: `${host.name}\n` } }),
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

/** Writes what is a host's own, to be laid over the image's files. */
const writeOwnFiles = async (
  paths: LabPaths,
  { host, all, image }: { host: HostAddress; all: readonly HostAddress[]; image: string },
): Promise<void> => {
  const { upper } = paths.host(host.name);
  await writeTree(upper, hostFiles(host, all));
  const type = sshKeyType(host.image);
  const hostKey = join(upper, `etc/ssh/ssh_host_${type}_key`);
  await mkdir(join(upper, "etc/ssh"), { recursive: true });
  await copyFile(paths.hostKey(host.name, type), hostKey);
  await copyFile(`${paths.hostKey(host.name, type)}.pub`, `${hostKey}.pub`);
  const key = { text: await readFile(`${paths.clientKey(type)}.pub`, "utf8"), mode: 0o600 };
  await writeTree(upper, { "root/.ssh/authorized_keys": key });
  const base = (await layersOf(image)).at(-1);
  // A directory that is made here hides the image's with this machine's umask.
  await machine`
    chmod 755 ${upper} ${join(upper, "etc")} ${join(upper, "etc/ssh")}
    chmod 700 ${join(upper, "root")} ${join(upper, "root/.ssh")}
    for user in cloud-user admin; do
      mkdir -p ${upper}/home/$user/.ssh
      cp ${upper}/root/.ssh/authorized_keys ${upper}/home/$user/.ssh/
      chown -R $(stat -c %u:%g ${base}/home/$user) ${upper}/home/$user
      chmod 700 ${upper}/home/$user ${upper}/home/$user/.ssh
    done
    chmod 755 ${upper}/home`;
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
  await writeOwnFiles(paths, { host, all, image });
  if (host.backend === "vm") await makeVmDisk(own, image);
  // Last: only a disk with this link is a whole one.
  await symlink(image, own.image);
};
