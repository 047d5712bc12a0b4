import { Problem } from "../problem.ts";
import {
  defaultLoopback,
  defaultSshPort,
  type HostAddress,
  maxHosts,
  planHosts,
} from "./address-plan.ts";
import { type Backend, chooseBackend } from "./backend.ts";
import { killCgroup, removeCgroup } from "./cgroup.ts";
import { chooseImages, countHosts } from "./choose-images.ts";
import { diskImage, makeDisk } from "./disk.ts";
import { requireFitMachine } from "./fit-machine.ts";
import { endForwarder, ensureForwarder, forwarderAnswers, readTraffic } from "./forwarder.ts";
import type { Traffic } from "./forwarder-protocol.ts";
import { ensureHostImages } from "./host-images.ts";
import type { ImageName } from "./image/image-name.ts";
import { withLock } from "./lock.ts";
import { machine } from "./machine.ts";
import type { Progress } from "./progress.ts";
import { bringUp, isRunning, type Lab, openLab } from "./running-lab.ts";
import { ensureSshKeys } from "./ssh-keys.ts";
import { chooseSshPort } from "./ssh-port.ts";
import {
  type LabConfig,
  type LabPaths,
  type LabState,
  labPaths,
  readLabConfig,
  readLabState,
  writeLabConfig,
} from "./state.ts";
import { ensureUnderlay, removeNamespaces } from "./underlay.ts";
import { requireRoomForVms } from "./vm/vm-requirements.ts";

export { labCut, labMend } from "./cable.ts";
export { labPoweroff, labReboot, labReset, labStart } from "./power.ts";

/** What `up` can be asked for. What is left out stays as it is, or is 3 hosts without added latency. */
export interface UpRequest {
  readonly dir: string;
  readonly hosts?: number | undefined;
  /** One for all hosts, or one for each; more than one say how many hosts there are. Default: el9. */
  readonly images?: readonly ImageName[] | undefined;
  /** Booted namespaces, or emulated machines with a kernel of their own. Default: nspawn. */
  readonly backend?: Backend | undefined;
  /** Round-trip time added to the SSH path, in milliseconds. */
  readonly latencyMs?: number | undefined;
  /** The first three octets of the loopback addresses, for a second lab on one machine. */
  readonly loopback?: string | undefined;
  readonly progress: Progress;
}

const checkRequest = ({ hosts = 1, latencyMs = 0 }: UpRequest): void => {
  if (!Number.isInteger(hosts) || hosts < 1 || hosts > maxHosts) {
    throw new Problem(`a lab has 1 to ${maxHosts} hosts, not ${hosts}`);
  }
  checkLatency(latencyMs);
};

const checkLatency = (latencyMs: number): void => {
  if (!(latencyMs >= 0 && latencyMs <= 10_000)) {
    throw new Problem(`a latency is 0 to 10000 milliseconds, not ${latencyMs}`);
  }
};

const forward = ({ paths, config, hosts }: Lab): Promise<void> =>
  ensureForwarder(paths, { latencyMs: config.latencyMs, routes: hosts });

/** The port that the lab's forwarder listens on, or one for a forwarder that is to be started. */
const sshPortFor = async (
  paths: LabPaths,
  before: LabConfig | undefined,
  hosts: readonly HostAddress[],
): Promise<number> => {
  if (before !== undefined && (await forwarderAnswers(paths))) return before.sshPort;
  // One that hangs would keep its own port from the next.
  await endForwarder(paths);
  return chooseSshPort(hosts);
};

const countOff = async (paths: LabPaths, hosts: readonly HostAddress[]): Promise<number> => {
  const running = await Promise.all(hosts.map((host) => isRunning({ paths }, host)));
  return running.filter((it) => !it).length;
};

/** Starts the lab, or what of it is not running. Hosts that run are left alone. */
export const labUp = async (request: UpRequest): Promise<LabState> => {
  checkRequest(request);
  const paths = labPaths(request.dir);
  const { progress } = request;
  await requireFitMachine(paths, request);
  return withLock(paths.lock, async () => {
    const before = await readLabConfig(paths);
    const hosts = countHosts({ ...request, before: before?.hosts });
    const backend = chooseBackend(request.backend, before?.backend);
    const images = chooseImages(hosts, { images: request.images, backend, before });
    if (backend === "vm")
      await requireRoomForVms(await countOff(paths, planHosts(hosts, { backend })));
    const names = Object.values(images);
    const imageOf = await ensureHostImages(paths, { backend, names }, progress);
    const loopback = before?.loopback ?? request.loopback ?? defaultLoopback;
    const config: LabConfig = {
      hosts,
      latencyMs: request.latencyMs ?? before?.latencyMs ?? 0,
      loopback,
      sshPort: await sshPortFor(paths, before, planHosts(hosts, { loopback })),
      images,
      backend,
    };
    const lab = { paths, config, hosts: planHosts(hosts, config) };
    if (config.sshPort !== defaultSshPort) {
      progress(
        `port ${defaultSshPort} is in use on this machine; SSH to the hosts is on port ${config.sshPort}`,
      );
    }
    await writeLabConfig(paths, config);
    await ensureSshKeys(paths, lab.hosts);
    await ensureUnderlay(paths.tag);
    await forward(lab);
    const toBoot = lab.hosts.map(async (host) => {
      if (await isRunning(lab, host)) {
        progress(`${host.name} is up already`);
        return [];
      }
      const disk = await diskImage(paths, host.name);
      const image = imageOf(host.image);
      if (disk === undefined) await makeDisk(paths, { host, all: lab.hosts, image });
      return [{ host, image: disk ?? image }];
    });
    await bringUp(lab, (await Promise.all(toBoot)).flat(), progress);
    return readLabState(request.dir);
  });
};

/**
 * Ends the lab: hosts, disks, forwarder, network namespaces and cgroups. Images and SSH keys stay for the
 * next one. Works from what it finds on the machine, so it also clears up after an `up` that was killed.
 */
export const labDown = async ({
  dir,
  progress,
}: {
  dir: string;
  progress: Progress;
}): Promise<void> => {
  const paths = labPaths(dir);
  await requireFitMachine(paths);
  await withLock(paths.lock, async () => {
    progress("cutting the hosts' power");
    await killCgroup(paths.tag);
    await removeCgroup(paths.tag);
    await removeNamespaces(paths.tag);
    await machine`rm -rf ${paths.hosts} ${paths.run} ${paths.config}`;
  });
};

/** What went over the SSH path of each host since the lab came up. */
export const labTraffic = async (dir: string): Promise<Readonly<Record<string, Traffic>>> =>
  readTraffic((await openLab(dir)).paths);

/** Changes the round-trip time added to the SSH path of a lab that is up, in milliseconds. */
export const labLatency = async ({
  dir,
  latencyMs,
}: {
  dir: string;
  latencyMs: number;
}): Promise<void> => {
  checkLatency(latencyMs);
  const lab = await openLab(dir);
  await withLock(lab.paths.lock, async () => {
    const changed = { ...lab, config: { ...lab.config, latencyMs } };
    await writeLabConfig(lab.paths, changed.config);
    await forward(changed);
  });
};
