import { Buffer } from "node:buffer";
import { inventory } from "weft";
import { contract } from "../../inventory/contract.ts";
import meshPlaybook from "../../playbooks/mesh.ts";
import { resolveInventory } from "../../src/inventory/resolve.ts";
import { buildTasks } from "../../src/run/build-tasks.ts";
import { vxlanFlowMesh } from "../../tasks/vxlan-flow-mesh.ts";
import { vxlanMesh } from "../../tasks/vxlan-mesh.ts";
import { median } from "../sample.ts";
import { declaredAddress } from "./mesh.ts";

/** What weft itself computes for a mesh, without any host. */
export interface Planning {
  /** Reading and checking the whole inventory; ms. */
  readonly inventory: number;
  /** The playbook's tasks for one host; ms. */
  readonly tasks: number;
  /** The plan of the tunnels of a host that has none; ms, and the size of its largest command in kilobytes. */
  readonly ports: { readonly ms: number; readonly kilobytes: number };
  readonly flow: { readonly ms: number; readonly kilobytes: number };
}

const timed = <T>(work: () => T): { readonly ms: number; readonly result: T } => {
  const rounds = Array.from({ length: 5 }, () => {
    const began = performance.now();
    const result = work();
    return { ms: performance.now() - began, result };
  });
  const [first] = rounds;
  if (first === undefined) throw new Error("nothing was timed");
  return { ms: median(rounds.map(({ ms }) => ms)), result: first.result };
};

/** Plans for a mesh of this many hosts. */
export const planning = (size: number): Planning => {
  const names = Array.from({ length: size }, (_, index) => `host-${index + 1}`);
  const each = <T>(make: (address: string) => T) =>
    Object.fromEntries(names.map((name, index) => [name, make(declaredAddress(index + 1))]));
  const source = inventory(contract, {
    hosts: each((address) => ({ address })),
    groups: { mesh: each((address) => ({ underlay: { address } })), dhcp: {} },
  });
  const resolved = timed(() => resolveInventory(source, contract, "declared.ts"));
  const tasks = timed(() =>
    meshPlaybook.plays
      .filter(({ hosts }) => hosts === "mesh")
      .map((play) => buildTasks(play, "host-1", resolved.result)),
  );
  const answer = {
    stdout: "ovs=absent\nunit=systemd\n",
    stderr: "",
    exitCode: 0,
    truncated: false,
  };
  const peers = names
    .slice(1)
    .map((name, index) => ({ name, address: declaredAddress(index + 2) }));
  const plan = (mesh: typeof vxlanMesh | typeof vxlanFlowMesh) => {
    const { ms, result } = timed(() => {
      const it = mesh({ bridge: "vxbr", localIp: declaredAddress(1), peers, vni: 42 });
      return it.plan(it.probe.parse(answer));
    });
    const sizes = result.map(({ command }) => Buffer.byteLength(command.script));
    return { ms, kilobytes: Math.max(...sizes) / 1024 };
  };
  return {
    inventory: resolved.ms,
    tasks: tasks.ms,
    ports: plan(vxlanMesh),
    flow: plan(vxlanFlowMesh),
  };
};
