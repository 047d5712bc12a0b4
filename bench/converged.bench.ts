// A re-run over the converged lab, beside plain ssh: three parallel calls, each with the same
// probes as one script. Needs the lab up and playbooks/mesh.ts applied.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import labInventory from "../inventory/lab.ts";
import meshPlaybook from "../playbooks/mesh.ts";
import { resolveInventory } from "../src/inventory/resolve.ts";
import { buildTasks } from "../src/run/build-tasks.ts";
import { tasksOf } from "../src/task-list.ts";
import { child } from "./child.ts";
import { compare } from "./sample.ts";

const weft = fileURLToPath(new URL("../bin/weft.js", import.meta.url));
const playbook = fileURLToPath(new URL("../playbooks/mesh.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "weft-bench-"));
const config = join(folder, "ssh-config");
writeFileSync(config, (await child("node", [weft, "lab", "ssh-config"])).stdout);

const inventory = resolveInventory(labInventory, meshPlaybook.contract, "inventory/lab.ts");
const scripts = inventory.hosts.map(({ name }) => {
  const tasks = meshPlaybook.plays
    .filter((play) => inventory.groups.get(play.hosts)?.some((peer) => peer.name === name))
    .flatMap((play) => {
      const built = buildTasks(play, name, inventory);
      return built.kind === "tasks" ? tasksOf(built.items, { rescues: false }) : [];
    });
  const script = tasks
    .map(({ probe }) => `( ${probe.command.script}\n) </dev/null >/dev/null 2>&1`)
    .join("\n");
  return { name, script: `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\n${script}\nexit 0\n` };
});

const plainSsh = async (): Promise<number> => {
  const began = performance.now();
  await Promise.all(
    scripts.map(({ name, script }) =>
      child("ssh", ["-F", config, name, "exec sh"], { input: script }),
    ),
  );
  return performance.now() - began;
};

const rerun = async (): Promise<number> => {
  const { ms, stdout } = await child("node", [weft, "run", playbook, "--output", "json"]);
  const recap = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
    hosts: Record<string, { changed: number }>;
  };
  const changed = Object.values(recap.hosts).some((host) => host.changed > 0);
  if (changed) throw new Error("the lab is not converged: run weft run playbooks/mesh.ts first");
  return ms;
};

try {
  await compare(
    [
      { name: "3 parallel ssh calls, same probes", once: plainSsh },
      { name: "weft run playbooks/mesh.ts, unchanged", once: rerun },
    ],
    { rounds: 7 },
  );
} finally {
  rmSync(folder, { recursive: true });
}
