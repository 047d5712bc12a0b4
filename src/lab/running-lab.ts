import { readFile } from "node:fs/promises";
import { Problem } from "../problem.ts";
import { type HostAddress, planHosts } from "./address-plan.ts";
import { bootHost, bootTimeoutMs } from "./boot.ts";
import { findHostProcess } from "./host-process.ts";
import type { Progress } from "./progress.ts";
import { waitForSsh } from "./ssh-answer.ts";
import { isCut, type LabConfig, type LabPaths, labPaths, readLabConfig } from "./state.ts";

/** A lab that is up, with all its hosts, on or off. */
export interface Lab {
  readonly paths: LabPaths;
  readonly config: LabConfig;
  readonly hosts: readonly HostAddress[];
}

/**
 * Reads the lab in a directory.
 * @throws Problem where none is up
 */
export const openLab = async (dir: string): Promise<Lab> => {
  const paths = labPaths(dir);
  const config = await readLabConfig(paths);
  if (config === undefined)
    throw new Problem("no lab is up", { hint: '"weft lab up" starts one.' });
  return { paths, config, hosts: planHosts(config.hosts, config) };
};

/**
 * The lab's hosts of these names, or all where no name is given.
 * @throws Problem for a name that the lab doesn't have
 */
export const chosenHosts = (lab: Lab, names: readonly string[] = []): readonly HostAddress[] => {
  if (names.length === 0) return lab.hosts;
  return names.map((name) => {
    const host = lab.hosts.find((candidate) => candidate.name === name);
    if (host !== undefined) return host;
    const known = lab.hosts.map((candidate) => candidate.name).join(", ");
    throw new Problem(`the lab has no host "${name}"`, { hint: `It has ${known}.` });
  });
};

/** True where the host's init or its emulator runs. */
export const isRunning = async (
  { paths }: Pick<Lab, "paths">,
  host: HostAddress,
): Promise<boolean> => (await findHostProcess(paths.tag, host)) !== undefined;

/** Boots hosts side by side on the disks that they have, and waits until each one's sshd greets. */
export const bringUp = async (
  lab: Lab,
  hosts: readonly { host: HostAddress; image: string }[],
  progress: Progress,
): Promise<void> => {
  const { paths, config } = lab;
  await Promise.all(
    hosts.map(async ({ host, image }) => {
      await bootHost(paths, host, image);
      // No greeting can come over a cable that is cut.
      if (await isCut(paths, host.name)) return progress(`${host.name} boots with its cable cut`);
      const waited = {
        timeoutMs: bootTimeoutMs[host.backend],
        latencyMs: config.latencyMs,
        // A namespace's init is not there from the first moment; an emulator that is gone will not come back.
        isOn: async () => host.backend === "nspawn" || isRunning(lab, host),
      };
      if (await waitForSsh(host, waited)) return progress(`${host.name} is up`);
      const console = await readFile(paths.host(host.name).console, "utf8").catch(() => "");
      const lines = console.trim().split("\n").slice(-15).join("\n");
      throw new Problem(`${host.name} did not answer on ${host.sshAddress} port ${host.sshPort}`, {
        hint: `Its console, ${paths.host(host.name).console}, ends with:\n${lines}`,
      });
    }),
  );
};
