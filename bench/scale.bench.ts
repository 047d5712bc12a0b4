// A host with 10, 100 and 500 declared peers, with a tunnel port for each and with one for all: what a first
// apply, a change of one peer and a re-run take, and what ovs-vswitchd takes at rest and for a broadcast. First
// what weft computes itself, for 500 and 5,000 hosts. Needs a lab of two hosts with playbooks/mesh.ts applied.

import { median } from "./sample.ts";
import { type Bench, bench, type Tunnels } from "./scale/mesh.ts";
import { type Planning, planning } from "./scale/planning.ts";
import {
  type BroadcastCost,
  broadcastCost,
  type Idle,
  idle,
  restartSwitch,
  routeToDeclared,
  unroute,
} from "./scale/switch.ts";

const SIZES = [10, 100, 500];
const WAYS: readonly Tunnels[] = ["ports", "flow"];
const ROUNDS = 3;

const row = (...cells: readonly (string | number)[]): void =>
  console.log(
    cells
      .map((cell, at) => (at === 0 ? String(cell).padEnd(34) : String(cell).padStart(10)))
      .join(""),
  );

const printPlanning = (): void => {
  // The first one warms up and does not count.
  planning(100);
  const [small, large] = [planning(500), planning(5000)];
  row("weft itself", "500", "5,000", "ratio");
  const line = (name: string, of: (it: Planning) => number, unit: string) =>
    row(
      name,
      `${of(small).toFixed(1)} ${unit}`,
      `${of(large).toFixed(1)} ${unit}`,
      `${(of(large) / of(small)).toFixed(1)}x`,
    );
  line("inventory read and checked", (it) => it.inventory, "ms");
  line("tasks of one host", (it) => it.tasks, "ms");
  line("its tunnels planned, ports", (it) => it.ports.ms, "ms");
  line("its tunnels planned, flow", (it) => it.flow.ms, "ms");
  line("their command, ports", (it) => it.ports.kilobytes, "KB");
  line("their command, flow", (it) => it.flow.kilobytes, "KB");
};

interface Times {
  readonly apply: number[];
  readonly change: number[];
  readonly rerun: number[];
}

interface Measured extends Times {
  readonly idle: Idle;
  readonly broadcast: BroadcastCost;
}

/** From the lab's own peers to all, one of them moved, and the same once more. */
const timeRuns = async (
  on: Bench,
  peers: number,
  tunnels: Tunnels,
  times: Times,
): Promise<void> => {
  await on.apply({ peers: 1, tunnels });
  times.apply.push((await on.apply({ peers, tunnels })).ms);
  times.change.push((await on.apply({ peers, tunnels, moved: true })).ms);
  const again = await on.apply({ peers, tunnels, moved: true });
  if (again.changed > 0) throw new Error(`a re-run with ${peers} ${tunnels} changed something`);
  times.rerun.push(again.ms);
};

/** Both ways in turn, so that a machine whose speed drifts is the same for both. */
const measure = async (on: Bench, peers: number): Promise<readonly Measured[]> => {
  const times = WAYS.map((): Times => ({ apply: [], change: [], rerun: [] }));
  const last: Measured[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [way, own] of times.entries()) {
      await timeRuns(on, peers, WAYS[way] ?? "ports", own);
      if (round < ROUNDS - 1) continue;
      await restartSwitch(on);
      last.push({ ...own, broadcast: await broadcastCost(on), idle: await idle(on) });
    }
  }
  return last;
};

const printMeasured = async (on: Bench): Promise<void> => {
  for (const peers of SIZES) {
    const measured = await measure(on, peers);
    console.log();
    row(`${peers} peers`, ...WAYS, "ratio");
    const line = (name: string, of: (it: Measured) => number, unit: string, digits: number) => {
      const [ports = Number.NaN, flow = Number.NaN] = measured.map(of);
      const ratio = ports > 0 ? `${(flow / ports).toFixed(2)}x` : "-";
      row(name, `${ports.toFixed(digits)} ${unit}`, `${flow.toFixed(digits)} ${unit}`, ratio);
    };
    line("first apply", (it) => median(it.apply), "ms", 0);
    line("change of one peer", (it) => median(it.change), "ms", 0);
    line("re-run, unchanged", (it) => median(it.rerun), "ms", 0);
    line("memory of ovs-vswitchd", (it) => it.idle.megabytes, "MB", 1);
    line("its CPU at rest", (it) => it.idle.percent, "%", 1);
    line("frames sent for a broadcast", (it) => it.broadcast.frames, "", 1);
    line("CPU for a broadcast", (it) => it.broadcast.ms, "ms", 2);
    line("broadcasts in the slow path", (it) => it.broadcast.slow * 100, "%", 0);
  }
};

printPlanning();
const on = bench();
try {
  await routeToDeclared(on);
  await printMeasured(on);
} finally {
  await unroute(on).catch(() => undefined);
  await on.apply({ peers: 1, tunnels: "ports" });
  on.end();
}
