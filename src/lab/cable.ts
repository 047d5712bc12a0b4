import { rm, writeFile } from "node:fs/promises";
import { withLock } from "./lock.ts";
import type { HostsRequest } from "./power.ts";
import { chosenHosts, openLab } from "./running-lab.ts";
import { setLink } from "./underlay.ts";

const setLinks = async (
  { dir, hosts: names, progress }: HostsRequest,
  state: "up" | "down",
): Promise<void> => {
  const lab = await openLab(dir);
  const hosts = chosenHosts(lab, names);
  await withLock(lab.paths.lock, async () => {
    for (const { name } of hosts) {
      const mark = lab.paths.host(name).cut;
      // The mark outlives a reboot, as a pulled cable does.
      if (state === "down") await writeFile(mark, "");
      else await rm(mark, { force: true });
      await setLink(lab.paths.tag, name, state);
      progress(`${name}: the cable is ${state === "down" ? "cut" : "whole"}`);
    }
  });
};

/** Pulls hosts' underlay cables: their links go down, and so does SSH. */
export const labCut = (request: HostsRequest): Promise<void> => setLinks(request, "down");

/** Puts hosts' underlay cables back. */
export const labMend = (request: HostsRequest): Promise<void> => setLinks(request, "up");
