import { createConnection } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  labCut,
  labLatency,
  labMend,
  labPoweroff,
  labReboot,
  labReset,
  labStart,
  labUp,
} from "../../../src/lab/lab.ts";
import { withLock } from "../../../src/lab/lock.ts";
import { readLabState } from "../../../src/lab/state.ts";
import { type OwnLab, ownLab } from "./own-lab.ts";

const progress = (): void => undefined;

describe("a lab's hosts", () => {
  let lab: OwnLab;
  beforeAll(async () => {
    lab = await ownLab();
    await lab.up(2);
  });
  afterAll(() => lab.end());

  const bootId = async (host: string): Promise<string> =>
    (await lab.ssh(host, "cat /proc/sys/kernel/random/boot_id")).stdout.trim();
  const hosts = (...names: string[]) => ({ dir: lab.dir, hosts: names, progress });

  test("reach each other over the underlay", async () => {
    expect((await lab.ssh("lab-1", "ping -c 1 -W 2 lab-2")).exitCode).toBe(0);
  });

  test("are left alone by a second up", async () => {
    const before = await bootId("lab-1");
    const lines: string[] = [];
    await labUp({ dir: lab.dir, hosts: 2, progress: (line) => lines.push(line) });
    expect(await bootId("lab-1")).toBe(before);
    expect(lines.sort()).toEqual(["lab-1 is up already", "lab-2 is up already"]);
  });

  test("keep disk, address and host key over a reboot, and nothing in memory", async () => {
    const before = await bootId("lab-1");
    await lab.ssh("lab-1", "echo kept > /root/mark; touch /run/mark; ip link add br9 type bridge");
    await labReboot(hosts("lab-1"));
    expect(await bootId("lab-1")).not.toBe(before);
    const { stdout } = await lab.ssh(
      "lab-1",
      "cat /root/mark; ls /run/mark /sys/class/net/br9; ip -br -4 a",
    );
    expect(stdout).toContain("kept");
    expect(stdout).toContain("192.168.56.105/24");
    expect(stdout).not.toMatch(/\/run\/mark|br9/);
  });

  test("come back by themselves from a reboot that they began", async () => {
    const before = await bootId("lab-1");
    await lab.ssh("lab-1", "ip link add br9 type bridge; systemctl reboot");
    await expect
      .poll(() => bootId("lab-1"), { timeout: 30_000 })
      .not.toMatch(new RegExp(`^$|${before}`));
    expect((await lab.ssh("lab-1", "ls /sys/class/net")).stdout.trim().split("\n")).toEqual([
      "eth0",
      "lo",
    ]);
  });

  test("are off after a power cut and keep their disk when started", async () => {
    await lab.ssh("lab-2", "echo kept > /root/mark; sync");
    await labPoweroff(hosts("lab-2"));
    const { hosts: state } = await readLabState(lab.dir);
    expect(state.map(({ running }) => running)).toEqual([true, false]);
    expect((await lab.ssh("lab-2", "true", ["-o", "ConnectTimeout=2"])).exitCode).toBe(255);
    await labStart(hosts("lab-2"));
    expect((await lab.ssh("lab-2", "cat /root/mark")).stdout).toBe("kept\n");
  });

  test("are brought up by up where they are off", async () => {
    await labPoweroff(hosts("lab-2"));
    await lab.up(2);
    expect((await lab.ssh("lab-2", "cat /root/mark")).stdout).toBe("kept\n");
  });

  test("fall silent on SSH while their cable is cut, and answer again once it is mended", async () => {
    const silent = ["-o", "ConnectTimeout=2"];
    await labCut(hosts("lab-1"));
    expect((await lab.ssh("lab-1", "true", silent)).exitCode).toBe(255);
    expect((await lab.ssh("lab-2", "ping -c 1 -W 1 lab-1")).exitCode).not.toBe(0);
    await labMend(hosts("lab-1"));
    expect((await lab.ssh("lab-1", "true")).exitCode).toBe(0);
  });

  test("hold a connection through a cut, without a word", async () => {
    const {
      hosts: [first],
    } = await readLabState(lab.dir);
    const socket = createConnection(first?.sshPort ?? 0, first?.sshAddress);
    const events: string[] = [];
    socket.on("data", () => events.push("data"));
    socket.on("close", () => events.push("close"));
    await expect.poll(() => events).toEqual(["data"]);
    await labCut(hosts("lab-1"));
    // sshd answers such a line at once where it can.
    socket.write("not ssh\r\n");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(events).toEqual(["data"]);
    await labMend(hosts("lab-1"));
    await expect.poll(() => events.at(-1), { timeout: 20_000 }).toBe("close");
  });

  test("answer later with latency added, changed while the lab runs", async () => {
    const timed = async (): Promise<number> => {
      const begin = performance.now();
      expect((await lab.ssh("lab-1", "true")).exitCode).toBe(0);
      return performance.now() - begin;
    };
    await labLatency({ dir: lab.dir, latencyMs: 100 });
    // A login takes at least five round trips.
    expect(await timed()).toBeGreaterThan(500);
    await labLatency({ dir: lab.dir, latencyMs: 0 });
    // A busy machine may need as long for one of them.
    await expect.poll(timed, { timeout: 30_000 }).toBeLessThan(500);
  });

  test("have a fresh disk after a reset, the same key and no trace of the old one", async () => {
    await lab.ssh("lab-1", "echo gone > /root/mark; mkdir /var/lib/docker/gone");
    await labReset(hosts("lab-1"));
    expect((await lab.ssh("lab-1", "ls /root /var/lib/docker")).stdout).not.toMatch(/mark|gone/);
    expect((await lab.ssh("lab-2", "cat /root/mark")).stdout).toBe("kept\n");
  });

  test("are called by names that the lab has", async () => {
    await expect(labReboot(hosts("lab-7"))).rejects.toThrow('the lab has no host "lab-7"');
  });

  test("are changed by one command at a time", async () => {
    await withLock(lab.paths.lock, async () => {
      await expect(labReboot(hosts("lab-1"))).rejects.toThrow(/another weft lab command/);
    });
  });
});
