import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { editedInventory } from "../../support/edited-inventory.ts";
import { type MeshLab, meshLab } from "../../support/mesh-lab.ts";
import { expectUnchanged, said } from "../../support/mesh-state.ts";
import { fetched, serve, serveOutside } from "../../support/outside.ts";
import { type Scratch, scratch } from "../../support/scratch.ts";

// Containers with only the mesh's NIC, and what is outside of the mesh: the hosts' underlay.

let lab: MeshLab;
let files: Scratch;
let inventory: string;

const run = (playbook: string) =>
  lab.weft(["run", `playbooks/${playbook}.ts`, "-i", inventory, "--output", "json"]);

const expectConnected = async (): Promise<void> => {
  await serveOutside(lab, "lab-3", 9000);
  await serve(lab, "lab-1", "a1", 80);
  // One with a static address, one with a lease.
  expect(await fetched(lab, "lab-1", "a1", "192.168.56.107", 9000)).toBe("500");
  expect(await fetched(lab, "lab-2", "b2", "192.168.56.107", 9000)).toBe("500");
  // From another host's underlay, from a container there, and from the container's own neighbour: itself.
  expect(await fetched(lab, "lab-3", "outside", "192.168.56.105", 8080)).toBe("500");
  expect(await fetched(lab, "lab-2", "b2", "192.168.56.105", 8080)).toBe("500");
  expect(await fetched(lab, "lab-1", "a1", "192.168.56.105", 8080)).toBe("500");
  const verified = await run("verify");
  expect(verified.code, said(verified)).toBe(0);
};

beforeAll(async () => {
  files = scratch();
  lab = await meshLab("127.0.70");
  inventory = files.write(
    "outside.ts",
    editedInventory(
      'mesh["lab-1"].gateway = "10.1.2.1/24";',
      'mesh["lab-2"].gateway = "10.1.2.252/24";',
      'mesh["lab-1"].containers[0].ports = [{ host: 8080, container: 80 }];',
    ),
  );
  const result = await run("mesh");
  expect(result.code, said(result)).toBe(0);
});
afterAll(async () => {
  files.remove();
  await lab.end();
});

it("reach it through NAT on their host, and are reached over published ports", async () => {
  await expectConnected();
  expectUnchanged(await run("mesh"));
});

it("do so after a reboot of all hosts, with no run of a playbook", async () => {
  const reboot = await lab.weft(["lab", "reboot"]);
  expect(reboot.code, said(reboot)).toBe(0);
  await vi.waitFor(
    async () => {
      for (const host of ["lab-1", "lab-2"]) {
        expect(
          await lab.on(
            host,
            "/usr/local/libexec/weft/nic outside check; iptables -t nat -S WEFT-NAT | wc -l",
          ),
        ).toBe("3");
      }
      expect(await lab.on("lab-2", "docker exec b2 ip -4 -o address show dev eth0")).toContain(
        "10.1.2.",
      );
    },
    { timeout: 30_000, interval: 500 },
  );
  await expectConnected();
  expectUnchanged(await run("mesh"));
});
