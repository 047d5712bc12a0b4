// Eleven unchanged tasks, with Ansible and with weft, over two and three hosts of the lab, without and
// with 50 ms of latency. Needs ansible-playbook and a lab of three hosts; both tools first bring the hosts
// into the state that they then find again. Where Mitogen is there (apt-get install ansible-mitogen), it takes
// part. `node bench/run.js ansible 3` takes three rounds instead of five.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultLabDir, readLabState } from "../src/lab/state.ts";
import { child } from "./child.ts";
import { type Contender, compare } from "./sample.ts";

const weft = fileURLToPath(new URL("../bin/weft.js", import.meta.url));
const ansible = fileURLToPath(new URL("ansible", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "weft-bench-"));
const config = join(folder, "ssh-config");
// Debian's ansible-mitogen. https://mitogen.networkgenomics.com/ansible_detailed.html
const mitogenPlugins = "/usr/lib/python3/dist-packages/ansible_mitogen/plugins/strategy";
const controlPath = join(folder, "%h");

const lab = (...args: string[]) => child("node", [weft, "lab", ...args]);

const runWeft = async (hosts: readonly string[]): Promise<{ ms: number; changed: boolean }> => {
  const args = [weft, "run", join(ansible, "site.ts"), "--limit", hosts.join(",")];
  const { ms, stdout } = await child("node", [...args, "--output", "json"]);
  const recap = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
    hosts: Record<string, { ok: number; changed: number }>;
  };
  const counts = Object.values(recap.hosts);
  if (counts.length !== hosts.length || counts.some(({ ok, changed }) => ok + changed !== 11)) {
    throw new Error(`weft did not do 11 tasks on ${hosts.join(", ")}:\n${stdout}`);
  }
  return { ms, changed: counts.some(({ changed }) => changed > 0) };
};

// Ansible keeps its connections open for the next run, for a minute.
const closeConnections = async (hosts: readonly string[]): Promise<void> => {
  const close = ["-F", config, "-S", controlPath, "-O", "exit"];
  await Promise.all(hosts.map((host) => child("ssh", [...close, host]).catch(() => {})));
};

interface AnsibleOptions {
  readonly gathering?: "explicit" | "implicit";
  /** True: over the connections of the run before. Default: over new ones, as weft's are. */
  readonly connected?: boolean;
  /** True: Mitogen carries the modules. It connects anew in each run. */
  readonly mitogen?: boolean;
  /** False: each task connects for itself. Default: all tasks go over one connection, as is Ansible's. */
  readonly persistent?: boolean;
}

const runAnsible = async (
  hosts: readonly string[],
  {
    gathering = "explicit",
    connected = false,
    persistent = true,
    mitogen = false,
  }: AnsibleOptions = {},
): Promise<{ ms: number; changed: boolean }> => {
  if (!connected) await closeConnections(hosts);
  const { ms, stdout } = await child("env", [
    `ANSIBLE_CONFIG=${join(ansible, "ansible.cfg")}`,
    `ANSIBLE_GATHERING=${gathering}`,
    `ANSIBLE_SSH_COMMON_ARGS=-F ${config}`,
    ...(mitogen
      ? ["ANSIBLE_STRATEGY=mitogen_linear", `ANSIBLE_STRATEGY_PLUGINS=${mitogenPlugins}`]
      : []),
    ...(persistent ? [] : ["ANSIBLE_SSH_ARGS=-C -o ControlMaster=no"]),
    `ANSIBLE_SSH_CONTROL_PATH=${controlPath.replace("%", "%%")}`,
    "ansible-playbook",
    "--inventory",
    `${hosts.join(",")},`,
    join(ansible, "site.yml"),
  ]);
  const counts = [...stdout.matchAll(/ok=(\d+) +changed=(\d+)/g)];
  const tasks = gathering === "explicit" ? 11 : 12;
  if (counts.length !== hosts.length || counts.some(([, ok]) => Number(ok) !== tasks)) {
    throw new Error(`Ansible did not do ${tasks} tasks on ${hosts.join(", ")}:\n${stdout}`);
  }
  return { ms, changed: counts.some(([, , changed]) => changed !== "0") };
};

const unchanged = async ({ ms, changed }: { ms: number; changed: boolean }): Promise<number> => {
  if (changed) throw new Error("a run that was to change nothing did");
  return ms;
};

const hasMitogen = existsSync(mitogenPlugins);
const contenders = (hosts: readonly string[]): Contender[] => {
  const ansible = (options: AnsibleOptions) => async () =>
    unchanged(await runAnsible(hosts, options));
  return [
    { name: "weft", once: async () => unchanged(await runWeft(hosts)) },
    { name: "Ansible", once: ansible({ gathering: "implicit" }) },
    {
      name: "Ansible, a connection a task",
      once: ansible({ gathering: "implicit", persistent: false }),
    },
    { name: "Ansible, no facts", once: ansible({}) },
    ...(hasMitogen
      ? [
          {
            name: "Ansible with Mitogen",
            once: ansible({ gathering: "implicit", mitogen: true }),
          },
          { name: "Ansible with Mitogen, no facts", once: ansible({ mitogen: true }) },
        ]
      : []),
    { name: "Ansible, no facts, connected already", once: ansible({ connected: true }) },
  ];
};

const state = await readLabState(process.env.WEFT_LAB_DIR ?? defaultLabDir);
const [first, second, third] = state.hosts.map(({ name }) => name);
const version = await child("ansible-playbook", ["--version"]).catch(() => undefined);
if (first === undefined || second === undefined || third === undefined) {
  throw new Error("a lab of three hosts is needed: weft lab up");
}
if (version === undefined) throw new Error("ansible-playbook is needed: apt-get install ansible");
const all = [first, second, third];
const rounds = Number(process.argv[3] ?? 5);

try {
  writeFileSync(config, (await lab("ssh-config")).stdout);
  await runWeft(all);
  await runAnsible(all);
  console.log(version.stdout.split("\n")[0]);
  for (const latency of [0, 50]) {
    await lab("latency", String(latency));
    for (const hosts of [all.slice(0, 2), all]) {
      console.log(`\n${hosts.length} hosts, ${latency} ms of latency added`);
      await compare(contenders(hosts), { rounds });
    }
  }
} finally {
  await lab("latency", String(state.latencyMs));
  await closeConnections(all);
  rmSync(folder, { recursive: true });
}
