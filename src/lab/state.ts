import { createHash } from "node:crypto";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defaultSshPort, type HostAddress, planHosts } from "./address-plan.ts";
import { type Backend, defaultBackend } from "./backend.ts";
import type { HostImages } from "./choose-images.ts";
import { findHostProcess } from "./host-process.ts";
import type { SshKeyType } from "./image/image-name.ts";

/** Where the lab keeps itself unless WEFT_LAB_DIR says otherwise. */
export const defaultLabDir = "/var/lib/weft-lab";

/** What `up` was asked for; kept in lab.json until `down`. */
export interface LabConfig {
  readonly hosts: number;
  /** Added round-trip time on the SSH path, in milliseconds. */
  readonly latencyMs: number;
  /** The first three octets of the loopback addresses. */
  readonly loopback: string;
  /** The port on them that leads to the hosts' sshd. */
  readonly sshPort: number;
  readonly images: HostImages;
  readonly backend: Backend;
}

/** The files of one host. */
export interface HostPaths {
  readonly dir: string;
  /** What the host wrote on top of the image: its disk. */
  readonly upper: string;
  readonly work: string;
  readonly root: string;
  /** Its /var/lib/docker, on a plain file system so that Docker can use overlay2. */
  readonly docker: string;
  /** The image that its disk began with: a link. */
  readonly image: string;
  readonly console: string;
  /** What an emulated machine wrote on top of its image: its disk. */
  readonly vmDisk: string;
  readonly vmInitramfs: string;
  /** The socket of its power button. */
  readonly vmPowerButton: string;
  /** There while the host's cable is cut. */
  readonly cut: string;
}

/** Every path of a lab, from its directory. */
export const labPaths = (dir: string) => ({
  dir,
  /** Prefix of the names of its network namespaces and its cgroup, so that two labs don't meet. */
  tag:
    dir === defaultLabDir
      ? "weft-lab"
      : `weft-${createHash("sha256").update(dir).digest("hex").slice(0, 6)}`,
  config: join(dir, "lab.json"),
  lock: join(dir, "lock"),
  images: join(dir, "images"),
  ssh: join(dir, "ssh"),
  clientKey: (type: SshKeyType) => join(dir, `ssh/id_${type}`),
  knownHosts: join(dir, "ssh/known_hosts"),
  hostKey: (host: string, type: SshKeyType) =>
    join(dir, "ssh/hosts", type === "rsa" ? `${host}-rsa` : host),
  run: join(dir, "run"),
  forwarderConfig: join(dir, "run/forwarder.json"),
  forwarderSocket: join(dir, "run/forwarder.sock"),
  forwarderLog: join(dir, "run/forwarder.log"),
  hosts: join(dir, "hosts"),
  host: (name: string): HostPaths => {
    const host = join(dir, "hosts", name);
    return {
      dir: host,
      upper: join(host, "upper"),
      work: join(host, "work"),
      root: join(host, "root"),
      docker: join(host, "docker"),
      image: join(host, "image"),
      console: join(host, "console.log"),
      vmDisk: join(host, "disk.qcow2"),
      vmInitramfs: join(host, "initramfs"),
      vmPowerButton: join(host, "power-button"),
      cut: join(host, "cut"),
    };
  },
});

export type LabPaths = ReturnType<typeof labPaths>;

/** The container image archive that a lab's image build leaves, for `docker load`. */
export const containerArchive = (paths: LabPaths): string => join(paths.images, "busybox.tar");

/** Reads lab.json; undefined where no lab is up. */
export const readLabConfig = async (paths: LabPaths): Promise<LabConfig | undefined> => {
  try {
    const written = JSON.parse(await readFile(paths.config, "utf8")) as LabConfig;
    // A lab that an older weft brought up has no port, images and backend written down.
    return {
      ...written,
      sshPort: written.sshPort ?? defaultSshPort,
      images: written.images ?? {},
      backend: written.backend ?? defaultBackend,
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
};

/** Writes lab.json in one move. */
export const writeLabConfig = async (paths: LabPaths, config: LabConfig): Promise<void> => {
  await writeFile(`${paths.config}.new`, `${JSON.stringify(config, null, 2)}\n`);
  await rename(`${paths.config}.new`, paths.config);
};

/** True where a host's cable was cut and not mended. */
export const isCut = (paths: LabPaths, host: string): Promise<boolean> =>
  stat(paths.host(host).cut).then(
    () => true,
    () => false,
  );

/** A host of the lab and whether its init runs. */
export interface LabHost extends HostAddress {
  readonly running: boolean;
  /** True while its underlay cable is cut. */
  readonly cut: boolean;
}

/** What a lab is now. */
export interface LabState {
  readonly hosts: readonly LabHost[];
  readonly latencyMs: number;
}

/** Reads the state of the lab in a directory: no hosts where none is up. */
export const readLabState = async (dir: string): Promise<LabState> => {
  const paths = labPaths(dir);
  const config = await readLabConfig(paths);
  if (config === undefined) return { hosts: [], latencyMs: 0 };
  const hosts = planHosts(config.hosts, config).map(async (host) => ({
    ...host,
    running: (await findHostProcess(paths.tag, host)) !== undefined,
    cut: await isCut(paths, host.name),
  }));
  return { hosts: await Promise.all(hosts), latencyMs: config.latencyMs };
};
