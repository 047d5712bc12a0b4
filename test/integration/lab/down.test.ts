import { readdir, readFile, readlink, rm } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { describe, expect, test } from "vitest";
import { labDown } from "../../../src/lab/lab.ts";
import { ownLab } from "./own-lab.ts";

const progress = (): void => undefined;
const text = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");

/**
 * The ids of processes whose command line or cgroup names the lab. One that has ended counts for nothing,
 * however long its parent takes to note it.
 */
const processesOf = async (words: readonly string[]): Promise<string[]> => {
  const pids = (await readdir("/proc")).filter(
    (name) => /^\d+$/.test(name) && name !== String(process.pid),
  );
  const found = pids.map(async (pid) => {
    if (/^State:\s+[ZX]/m.test(await text(`/proc/${pid}/status`))) return [];
    const told = (await text(`/proc/${pid}/cmdline`)) + (await text(`/proc/${pid}/cgroup`));
    return words.some((word) => told.includes(word)) ? [pid] : [];
  });
  return (await Promise.all(found)).flat();
};

const namespaces = async (): Promise<string[]> => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const links = pids.map((pid) => readlink(`/proc/${pid}/ns/net`).catch(() => ""));
  return [...new Set(await Promise.all(links))].filter(Boolean).sort();
};

const cgroups = async (): Promise<string[]> => {
  const roots = await readdir("/sys/fs/cgroup", { withFileTypes: true });
  const groups = roots
    .filter((entry) => entry.isDirectory())
    .map(async ({ name }) => {
      const below = await readdir(`/sys/fs/cgroup/${name}`, { withFileTypes: true });
      return below.filter((entry) => entry.isDirectory()).map((entry) => `${name}/${entry.name}`);
    });
  return [...roots.map(({ name }) => name), ...(await Promise.all(groups)).flat()].sort();
};

/** What of the machine a lab could change. */
const machine = async () => ({
  interfaces: Object.keys(networkInterfaces()).sort(),
  addresses: await text("/proc/net/fib_trie"),
  mounts: await text("/proc/self/mountinfo"),
  namespaces: await namespaces(),
  namedNamespaces: await readdir("/run/netns").catch(() => []),
  cgroups: await cgroups(),
  run: (await readdir("/run")).filter((name) => name !== "netns").sort(),
  forwarding: await text("/proc/sys/net/ipv4/ip_forward"),
});

describe("down", () => {
  test("leaves no process, mount, namespace, cgroup or interface behind, and up adds none but its own", async () => {
    const lab = await ownLab();
    try {
      // The directory of named namespaces is made, and mounted, by the first one on a machine: once for all.
      await lab.up(1);
      await labDown({ dir: lab.dir, progress });
      const before = await machine();
      await lab.up(2);
      const during = await machine();
      expect(during.interfaces).toEqual(before.interfaces);
      expect(during.addresses).toBe(before.addresses);
      expect(during.forwarding).toBe(before.forwarding);
      expect((await processesOf([lab.paths.tag])).length).toBeGreaterThan(5);
      await lab.ssh("lab-1", "systemd-run sleep 1000");
      await labDown({ dir: lab.dir, progress });
      expect(await processesOf([lab.paths.tag, lab.dir])).toEqual([]);
      expect(await machine()).toEqual(before);
      expect((await readdir(lab.dir)).sort()).toEqual(["images", "ssh"]);
    } finally {
      await labDown({ dir: lab.dir, progress });
      await rm(lab.dir, { recursive: true });
    }
  });

  test("clears up after an up that was killed, and where nothing is up", async () => {
    const lab = await ownLab();
    try {
      await lab.up(1);
      // As if it had been killed before it could write down what it did.
      await rm(lab.paths.config);
      await rm(lab.paths.hosts, { recursive: true, force: true }).catch(() => undefined);
      await labDown({ dir: lab.dir, progress });
      expect(await processesOf([lab.paths.tag, lab.dir])).toEqual([]);
      await labDown({ dir: lab.dir, progress });
    } finally {
      await rm(lab.dir, { recursive: true });
    }
  });
});
