import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { planHosts } from "../../../src/lab/address-plan.ts";
import { hostFiles } from "../../../src/lab/disk.ts";
import { labPaths, readLabState, writeLabConfig } from "../../../src/lab/state.ts";
import { statusTable } from "../../../src/lab/status.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "weft-state-"));
});
afterEach(() => rm(dir, { recursive: true }));

test("where no lab is up there are no hosts", async () => {
  expect(await readLabState(dir)).toEqual({ hosts: [], latencyMs: 0 });
});

test("hosts without processes are off", async () => {
  await writeLabConfig(labPaths(dir), {
    hosts: 2,
    latencyMs: 20,
    loopback: "127.0.56",
    sshPort: 2256,
    images: { "lab-2": "el7" },
    backend: "nspawn",
  });
  const state = await readLabState(dir);
  expect(state.latencyMs).toBe(20);
  expect(state.hosts.map(({ sshPort }) => sshPort)).toEqual([2256, 2256]);
  expect(
    state.hosts.map(({ name, image, running, cut }) => ({ name, image, running, cut })),
  ).toEqual([
    { name: "lab-1", image: "el9", running: false, cut: false },
    { name: "lab-2", image: "el7", running: false, cut: false },
  ]);
});

test("a lab of an older weft, which wrote no port and no images down, is on port 22 with the base image", async () => {
  await writeFile(
    labPaths(dir).config,
    JSON.stringify({ hosts: 1, latencyMs: 0, loopback: "127.0.56" }),
  );
  expect((await readLabState(dir)).hosts[0]).toMatchObject({ sshPort: 22, image: "el9" });
});

test("a configuration that cannot be read is an error, not an absent lab", async () => {
  await writeFile(labPaths(dir).config, "{");
  await expect(readLabState(dir)).rejects.toThrow();
});

test("two labs have nothing of one name on the machine", () => {
  expect(labPaths("/var/lib/weft-lab").tag).toBe("weft-lab");
  expect(labPaths("/a").tag).not.toBe(labPaths("/b").tag);
});

test("EL6 keeps its name in /etc/sysconfig/network", () => {
  const all = planHosts(1, { images: { "lab-1": "el6" } });
  const files = hostFiles(all[0] as (typeof all)[0], all);
  expect(files["etc/hostname"]).toBeUndefined();
  expect(files["etc/sysconfig/network"]?.text).toContain("HOSTNAME=lab-1\n");
});

test("a host's own files give it its name, its address for every boot, and the others' names", () => {
  const all = planHosts(2);
  const files = hostFiles(all[1] as (typeof all)[0], all);
  expect(files["etc/hostname"]?.text).toBe("lab-2\n");
  expect(files["etc/sysconfig/network-scripts/ifcfg-eth0"]?.text).toContain(
    "IPADDR=192.168.56.106\nPREFIX=24\n",
  );
  expect(files["etc/hosts"]?.text).toContain("192.168.56.105 lab-1\n192.168.56.106 lab-2\n");
  expect(files["etc/machine-id"]?.text).toMatch(/^[0-9a-f]{32}\n$/);
});

test("the status table lines its columns up", () => {
  const [first, second] = planHosts(2).map((host, index) => ({
    ...host,
    running: index === 0,
    cut: index === 1,
  }));
  expect(
    statusTable([first, second].flatMap((host) => host ?? [])),
  ).toBe(`HOST   IMAGE  STATE           SSH                UNDERLAY
lab-1  el9    up              root@127.0.56.105  192.168.56.105
lab-2  el9    off, cable cut  root@127.0.56.106  192.168.56.106`);
});

test("the status table shows a port that is not 22 as ssh takes it", () => {
  const hosts = planHosts(1, { sshPort: 2256 }).map((host) => ({
    ...host,
    running: true,
    cut: false,
  }));
  expect(statusTable(hosts)).toContain(
    "lab-1  el9    up     root@127.0.56.105 -p 2256  192.168.56.105",
  );
});
