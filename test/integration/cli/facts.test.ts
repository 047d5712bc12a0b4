import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MeshLab, meshLab } from "../../support/mesh-lab.ts";
import { type Scratch, scratch } from "../../support/scratch.ts";

let lab: MeshLab;
let files: Scratch;

beforeAll(async () => {
  files = scratch();
  lab = await meshLab("127.0.64", 1);
});

afterAll(async () => {
  await lab?.end();
  files.remove();
});

interface Told {
  readonly "lab-1": Readonly<Record<string, unknown>>;
}

const facts = (...args: readonly string[]) =>
  lab.weft(["facts", "-l", "lab-1", ...args], { env: { XDG_CACHE_HOME: files.folder } });

const told = async (...args: readonly string[]) => {
  const result = await facts(...args);
  expect(result.stderr).toBe("");
  return (JSON.parse(result.stdout) as Told)["lab-1"];
};

describe("weft facts", () => {
  it("tells what a real host says of itself", async () => {
    const host = await told();
    expect(host).toMatchObject({
      hostname: "lab-1",
      distribution: "centos",
      packageManager: "dnf",
      serviceManager: "systemd",
      kernel: await lab.on("lab-1", "uname -r"),
      cpus: Number(await lab.on("lab-1", "nproc")),
    });
    expect(host.addresses).toContainEqual({
      interface: "eth0",
      family: "ipv4",
      address: "192.168.56.105",
      prefix: 24,
    });
    expect(host.memoryBytes).toBeGreaterThan(2 ** 28);
  });

  it("finds the addresses where the host has no ip command, too", async () => {
    const { addresses } = await told();
    await lab.on("lab-1", "mv /usr/sbin/ip /usr/sbin/ip.away");
    try {
      expect((await told()).addresses).toEqual(addresses);
    } finally {
      await lab.on("lab-1", "mv /usr/sbin/ip.away /usr/sbin/ip");
    }
  });

  it("prints lines for people", async () => {
    const { stdout } = await facts("-o", "plain");
    expect(stdout).toMatch(/^lab-1\n {2}hostname +lab-1\n {2}system +centos 9/);
  });

  it("asks no host twice within the lifetime of its cache", async () => {
    const host = await told("--facts-cache", "1h");
    await lab.on("lab-1", "systemctl stop sshd.socket sshd 2>/dev/null; true");
    expect(await told("--facts-cache", "1h")).toEqual(host);
    const asked = await facts("--facts-cache", "0");
    expect(asked.code).toBe(4);
    expect(asked.stderr).toMatch(/^lab-1: unreachable: /m);
    expect(asked.stdout).toBe("{}\n");
  });
});
