import { afterAll, beforeAll, expect, it } from "vitest";
import { editedInventory } from "../../support/edited-inventory.ts";
import { type MeshLab, meshLab } from "../../support/mesh-lab.ts";
import { changedTasks, expectUnchanged, said } from "../../support/mesh-state.ts";
import { type Scratch, scratch } from "../../support/scratch.ts";
import type { CliResult } from "../../support/weft-cli.ts";

// A mesh with one tunnel port a host and flows; the tests build on each other.

let lab: MeshLab;
let files: Scratch;

/** The lab's inventory, where these hosts have one tunnel port for all others. */
const run = (
  playbook: "mesh" | "verify",
  byFlow: readonly string[] = ["lab-1", "lab-2", "lab-3"],
): Promise<CliResult> => {
  const inventory = files.write(
    "flow.ts",
    editedInventory(`for (const host of ${JSON.stringify(byFlow)}) mesh[host].tunnels = "flow";`),
  );
  return lab.weft(["run", `playbooks/${playbook}.ts`, "-i", inventory, "--output", "json"]);
};

const expectVerified = async (): Promise<void> => {
  const result = await run("verify");
  expect(result.code, said(result)).toBe(0);
};

/** Flows of the host's tunnels that lead to another host. */
const flowsOf = (host: string): Promise<string> =>
  lab.on(host, "ovs-ofctl dump-flows vxbr-tun | grep -c tun_src || true");

beforeAll(async () => {
  files = scratch();
  lab = await meshLab("127.0.70");
});
afterAll(async () => {
  files.remove();
  await lab.end();
});

it("carries traffic between all containers, every broadcast once, and stays as it is", async () => {
  const result = await run("mesh");
  expect(result.code, said(result)).toBe(0);
  await expectVerified();
  expectUnchanged(await run("mesh"));
  expect(await lab.on("lab-1", "ovs-vsctl list-ports vxbr-tun | sort")).toBe("vx42\nvxbr-of-tun");
});

it("is there again when Open vSwitch has started anew or crashed, without the control machine", async () => {
  await lab.on("lab-1", "systemctl restart openvswitch");
  await lab.on("lab-2", "kill -KILL $(cat /var/run/openvswitch/ovs-vswitchd.pid)");
  for (const host of ["lab-1", "lab-2"])
    await expect.poll(() => flowsOf(host), { timeout: 30_000 }).toBe("2");
  await expectVerified();
  expectUnchanged(await run("mesh"));
});

it("goes together with hosts that have a port for each other one, and a host goes from one to the other", async () => {
  const result = await run("mesh", ["lab-1", "lab-3"]);
  expect(result.code, said(result)).toBe(0);
  expect(changedTasks(result)).toEqual(["lab-2: VXLAN 42 on vxbr: tunnels to lab-1, lab-3"]);
  await expectVerified();
  expectUnchanged(await run("mesh", ["lab-1", "lab-3"]));
  expect(
    await lab.on(
      "lab-2",
      "systemctl is-system-running; ls /etc/systemd/system | grep flows || true",
    ),
  ).toBe("running");
});
