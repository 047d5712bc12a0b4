import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { editedInventory } from "../support/edited-inventory.ts";
import { type MeshLab, meshLab } from "../support/mesh-lab.ts";
import { expectUnchanged, footprint, said, stateToKeep } from "../support/mesh-state.ts";
import { type Scratch, scratch } from "../support/scratch.ts";
import type { CliResult } from "../support/weft-cli.ts";
import { broadcastCost, routeToDeclared, withPeers } from "./broadcast.ts";
import { throughBridge } from "./checksums.ts";
import { loop } from "./loop.ts";

// Two emulated machines with a kernel of their own, from fresh to fresh again: the tests build on each other.

const HOSTS = ["lab-1", "lab-2"] as const;
/** Milliseconds from a reboot to a network that is whole; an emulated processor is ten times slower. */
const LIMIT = 300_000;

let lab: MeshLab;
let files: Scratch;
let before: readonly string[];
/** Of each host, before any reboot. */
let whole: readonly string[];

const onAll = <T>(look: (lab: MeshLab, host: string) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(HOSTS.map((host) => look(lab, host)));

const run = (playbook: string, ...flags: readonly string[]): Promise<CliResult> =>
  lab.weft(["run", `playbooks/${playbook}.ts`, "--output", "json", ...flags]);

const succeed = async (playbook: string, ...flags: readonly string[]): Promise<CliResult> => {
  const result = await run(playbook, ...flags);
  expect(result.code, said(result)).toBe(0);
  return result;
};

/** Runs a program in the network namespace of a container, with the host's tools. */
const inside = (host: string, container: string, command: string): Promise<string> =>
  lab.on(host, `nsenter -t $(docker inspect -f '{{.State.Pid}}' ${container}) -n ${command}`);

const seconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`;

beforeAll(async () => {
  files = scratch();
  lab = await meshLab("127.0.82", { hosts: HOSTS.length, backend: "vm" });
  await onAll((_, host) => lab.on(host, "systemctl is-system-running --wait"));
  before = await onAll(stateToKeep);
});
afterAll(async () => {
  files.remove();
  await lab?.end();
});

describe("two machines with the openvswitch module", () => {
  it("become one network on the kernel's datapath", async ({ annotate }) => {
    const result = await succeed("mesh");
    await annotate(`mesh.ts on fresh hosts: ${seconds(result.ms)}`);
    await annotate(`verify.ts: ${seconds((await succeed("verify")).ms)}`);
    for (const host of HOSTS) {
      expect(await lab.on(host, "ovs-appctl dpif/show")).toMatch(/^system@ovs-system:/);
      expect(await lab.on(host, "ovs-vsctl get Bridge vxbr datapath_type")).toBe("system");
      expect(await lab.on(host, "ovs-vsctl list-br")).toBe("vxbr");
      expect(await lab.on(host, "ip -o link show type vxlan")).toContain("vxlan_sys_4789");
    }
    whole = await onAll(footprint);
  });

  it("stay as they are when the playbook runs again", async ({ annotate }) => {
    const result = await run("mesh");
    expectUnchanged(result);
    await annotate(`mesh.ts, unchanged: ${seconds(result.ms)}`);
  });

  it.each([
    ["lab-2", ["lab-2"]],
    ["lab-1, which has the DHCP server", ["lab-1"]],
    ["both at once", []],
  ])("come back by themselves after a reboot of %s", async (_, hosts) => {
    const rebooted = await lab.weft(["lab", "reboot", ...hosts]);
    expect(rebooted.code, said(rebooted)).toBe(0);
    await vi.waitFor(async () => expect(await onAll(footprint)).toEqual(whole), {
      timeout: LIMIT,
      interval: 5_000,
    });
    await succeed("verify");
    expectUnchanged(await run("mesh"));
  });
});

describe("what is said of networks like this holds for the kernel's datapath", () => {
  it("TCP passes with checksums left to the device, which the userspace datapath loses", async () => {
    expect(await inside("lab-1", "a1", "ethtool -k eth0")).toMatch(/^tx-checksumming: on$/m);
    const all = { pings: 2, bytes: 1_048_576 };
    expect(await throughBridge(lab, "system", "on")).toEqual(all);
    expect(await throughBridge(lab, "netdev", "on")).toEqual({ pings: 2, bytes: 0 });
    expect(await throughBridge(lab, "netdev", "off")).toEqual(all);
  });

  it("a container with MTU 1500 gets 1422 bytes through, and is told of 1450 when it sends 1423", async () => {
    const mtu = (bytes: number): Promise<unknown> =>
      Promise.all([
        inside("lab-1", "a1", `ip link set dev eth0 mtu ${bytes}`),
        inside("lab-2", "b1", `ip link set dev eth1 mtu ${bytes}`),
      ]);
    const ping = (flags: string): Promise<string> =>
      inside("lab-1", "a1", `ping -n -c 3 -W 5 ${flags} 10.1.2.21 2>&1 || true`);
    await mtu(1500);
    try {
      expect(await ping("-M do -s 1422")).toContain("3 received");
      const refused = await ping("-M do -s 1423");
      expect(refused).toContain(" 0 received");
      // The kernel tells the sender in the other end's name; a sender that knows refuses by itself.
      expect(refused).toMatch(/mtu ?= ?1450/);
    } finally {
      await mtu(1450);
    }
  });

  it("tunnels that are not protected are a loop as soon as both ends forward between them", async ({
    annotate,
  }) => {
    const frames = await loop(lab);
    expect(frames.protected).toBeLessThan(10);
    expect(frames.half).toBeLessThan(10);
    expect(frames.plain).toBeGreaterThan(1000);
    await annotate(`frames in 2 s after one broadcast: ${JSON.stringify(frames)}`);
  });

  it("a broadcast is one frame a peer, by a port for each or by flows", async ({ annotate }) => {
    await routeToDeclared(lab, true);
    for (const peers of [10, 500]) {
      for (const tunnels of ["ports", "flow"] as const) {
        const inventory = files.write("declared.ts", editedInventory(withPeers(peers, tunnels)));
        const { ms } = await succeed("mesh", "-i", inventory, "--limit", "lab-1");
        const cost = await broadcastCost(lab);
        await annotate(`${peers} peers, ${tunnels}: apply ${seconds(ms)}, ${JSON.stringify(cost)}`);
        expect(cost.frames).toBeGreaterThan(peers * 0.98);
        expect(cost.frames).toBeLessThan(peers * 1.1 + 5);
      }
    }
    await routeToDeclared(lab, false);
    await succeed("mesh");
    await succeed("verify");
    expectUnchanged(await run("mesh"));
  });
});

describe("the teardown", () => {
  it("leaves the machines as they were before, without the kernel's tunnel device", async ({
    annotate,
  }) => {
    const result = await succeed("teardown");
    await annotate(`teardown.ts: ${seconds(result.ms)}`);
    for (const host of HOSTS) {
      expect(await lab.on(host, "ip -o link show")).not.toMatch(/vxbr|vxlan|ovs-system/);
    }
    expect(await onAll(stateToKeep)).toEqual(before);
    expectUnchanged(await run("teardown"));
  });
});
