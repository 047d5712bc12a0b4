import { Problem } from "../problem.ts";
import type { HostAddress } from "./address-plan.ts";
import { powerCut, shutDown } from "./boot.ts";
import { diskImage, makeDisk } from "./disk.ts";
import { ensureHostImages } from "./host-images.ts";
import { withLock } from "./lock.ts";
import type { Progress } from "./progress.ts";
import { bringUp, chosenHosts, isRunning, type Lab, openLab } from "./running-lab.ts";

/** What is done to hosts: the lab's directory and their names; no name means every host. */
export interface HostsRequest {
  readonly dir: string;
  readonly hosts?: readonly string[] | undefined;
  readonly progress: Progress;
}

const onHosts = async (
  { dir, hosts: names }: HostsRequest,
  action: (lab: Lab, hosts: readonly HostAddress[]) => Promise<void>,
): Promise<void> => {
  const lab = await openLab(dir);
  const hosts = chosenHosts(lab, names);
  await withLock(lab.paths.lock, () => action(lab, hosts));
};

const withDisk = async (
  { paths }: Lab,
  host: HostAddress,
): Promise<{ host: HostAddress; image: string }> => {
  const image = await diskImage(paths, host.name);
  if (image !== undefined) return { host, image };
  throw new Problem(`${host.name} has no disk`, {
    hint: '"weft lab reset" or "weft lab up" makes one.',
  });
};

/** Shuts hosts down cleanly and boots them again on the same disk. A host that is off is only booted. */
export const labReboot = (request: HostsRequest): Promise<void> =>
  onHosts(request, async (lab, hosts) => {
    const disks = hosts.map(async (host) => {
      const disk = await withDisk(lab, host);
      await shutDown(lab.paths, host);
      return disk;
    });
    await bringUp(lab, await Promise.all(disks), request.progress);
  });

/** Cuts hosts' power: no process gets a chance to write anything. */
export const labPoweroff = (request: HostsRequest): Promise<void> =>
  onHosts(request, async ({ paths }, hosts) => {
    await Promise.all(hosts.map(({ name }) => powerCut(paths, name)));
    for (const { name } of hosts) request.progress(`${name} is off`);
  });

/** Boots hosts that are off on the disk that they have. */
export const labStart = (request: HostsRequest): Promise<void> =>
  onHosts(request, async (lab, hosts) => {
    const off = hosts.map(async (host) => {
      if (!(await isRunning(lab, host))) return [await withDisk(lab, host)];
      request.progress(`${host.name} is up already`);
      return [];
    });
    await bringUp(lab, (await Promise.all(off)).flat(), request.progress);
  });

/** Gives hosts fresh disks; addresses and keys stay. Where a cable is cut, it is mended. */
export const labReset = (request: HostsRequest): Promise<void> =>
  onHosts(request, async (lab, hosts) => {
    const names = hosts.map(({ image }) => image);
    const { backend } = lab.config;
    const imageOf = await ensureHostImages(lab.paths, { backend, names }, request.progress);
    const fresh = hosts.map(async (host) => {
      await powerCut(lab.paths, host.name);
      const image = imageOf(host.image);
      await makeDisk(lab.paths, { host, all: lab.hosts, image });
      return { host, image };
    });
    await bringUp(lab, await Promise.all(fresh), request.progress);
  });
