import type { Emit, HostRecap, TaskStatus } from "../../src/run/events.ts";
import { noCounts } from "../../src/run/host-state.ts";
import type { Change, Diff } from "../../src/task.ts";

/** How to play the canned run. */
export interface DemoOptions {
  readonly emit: Emit;
  readonly hosts: number;
  readonly check?: boolean;
  /** Waits so many milliseconds; rejects where the run is interrupted. */
  readonly wait: (ms: number) => Promise<void>;
}

interface DemoTask {
  readonly title: string;
  readonly changes?: readonly Pick<Change, "summary" | "diff">[];
  /** Lines that the change prints. */
  readonly output?: readonly string[];
  readonly report?: string;
}

const dhcp: Diff = {
  subject: "/etc/dnsmasq.d/lab-mesh.conf",
  before: "interface=mesh\nbind-dynamic\ndhcp-range=10.42.0.10,10.42.0.99,1h\n# end\n",
  after:
    "interface=mesh\nbind-dynamic\ndhcp-range=10.42.0.10,10.42.0.199,12h\ndhcp-option=3\n# end\n",
};

const apt = (name: string): string[] => [
  "Reading package lists... Done",
  "Building dependency tree... Done",
  `The following NEW packages will be installed: ${name} libunbound8 libevent-2.1-7 python3-sortedcontainers`,
  "Get:1 http://deb.debian.org/debian bookworm/main amd64 openvswitch-switch amd64 3.1.0-2 [1642 kB]",
  "\r 10% [1 openvswitch-switch 164 kB/1642 kB]\r 80% [1 openvswitch-switch 1313 kB/1642 kB]",
  `\u001b[1mSelecting previously unselected package ${name}.\u001b[0m`,
  `Unpacking ${name} (3.1.0-2+deb12u1) ...`,
  `Setting up ${name} (3.1.0-2+deb12u1) ...`,
];

const meshTasks = (host: string): readonly DemoTask[] => [
  { title: "iproute 6.1 installed" },
  {
    title: "openvswitch 3.1 installed",
    changes: [{ summary: "install openvswitch3.1" }],
    output: apt("openvswitch-switch"),
  },
  {
    title: "service openvswitch-switch running",
    changes: [{ summary: "enable" }, { summary: "start" }],
  },
  { title: "firewall lets the mesh through" },
  { title: "OVS bridge mesh" },
  {
    title: "VXLAN mesh 42 to 2 peers",
    changes: ["lab-1", "lab-2", "lab-3"]
      .filter((peer) => peer !== host)
      .map((peer) => ({ summary: `add tunnel to ${peer}` })),
  },
  { title: "address 10.42.0.1/24 on mesh" },
  {
    title: "DHCP server for 10.42.0.0/24 on the bridge mesh of this host",
    changes: [{ summary: "write /etc/dnsmasq.d/lab-mesh.conf", diff: dhcp }],
  },
  { title: "container web running" },
];

const verifyTasks = (host: string): readonly DemoTask[] => [
  {
    title: "connectivity",
    report: `${host} -> 10.42.0.1  ok    0.31 ms  mtu 1450\n${host} -> 10.42.0.2  ok    0.44 ms  mtu 1450\n${host} -> 10.42.0.3  ok    0.29 ms  mtu 1450`,
  },
];

const failure = {
  message: "could not install openvswitch3.1",
  command:
    "apt-get update -q\nDEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends openvswitch-switch=3.1.0-2+deb12u1 openvswitch-common=3.1.0-2+deb12u1",
  exitCode: 100,
  output:
    "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)\nN: Be aware that removing the lock file is not a solution and may break your system.\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?",
  hint: "Another package manager is at work on the host. Wait until it is done, then run again; only what is missing will be done.",
  stack: "Error: could not install openvswitch3.1\n    at applyChange (src/run/apply.ts:41:11)",
};

/** A run of two plays, with changes, a failure, an unreachable host where there are many, and reports. */
export const demoRun = async ({ emit, hosts, check = false, wait }: DemoOptions): Promise<void> => {
  const names = Array.from({ length: hosts }, (_, index) => `lab-${index + 1}`);
  const recap = new Map<string, Record<keyof HostRecap, number>>(
    names.map((name) => [name, noCounts()]),
  );
  const lost = new Set<string>();
  const count = (host: string, key: keyof HostRecap): void => {
    const counts = recap.get(host);
    if (counts !== undefined) counts[key] += 1;
  };
  const pace = (host: string): number => 0.7 + (Number(host.slice(4)) % 7) / 8;

  const runTask = async (play: string, host: string, task: DemoTask, index: number) => {
    const began = performance.now();
    const common = { play, host, task: task.title, index };
    emit({ type: "task-start", ...common });
    const quiet = hosts > 20 && Number(host.slice(4)) % 9 !== 0;
    const changes = quiet ? [] : (task.changes ?? []);
    for (const { summary } of check ? [] : changes) {
      emit({ type: "change", host, task: task.title, summary });
      for (const line of task.output ?? [""]) {
        emit({ type: "output", host, task: task.title, line });
        await wait(280 * pace(host));
      }
    }
    await wait(60 * pace(host));
    const fails = host.endsWith("3") && index === 1 && !check;
    const status: TaskStatus = fails ? "failed" : changes.length > 0 ? "changed" : "ok";
    count(host, status);
    const { report } = task;
    emit({
      type: "task-end",
      ...common,
      status,
      changes: fails ? [] : changes,
      ...(report !== undefined && { report }),
      ...(fails && { failure }),
      ms: performance.now() - began,
    });
    return !fails;
  };

  let interrupted = false;
  const runHost = async (play: string, host: string, tasks: readonly DemoTask[]) => {
    try {
      await walk(play, host, tasks);
    } catch {
      interrupted = true;
      emit({ type: "host-end", play, host, status: "interrupted", remaining: 0 });
    }
  };

  const walk = async (play: string, host: string, tasks: readonly DemoTask[]) => {
    if (interrupted) throw new Error("interrupted");
    emit({ type: "host-connect", host });
    await wait(200 * pace(host));
    if (hosts > 20 && host === "lab-17") {
      await wait(2000);
      lost.add(host);
      count(host, "unreachable");
      emit({
        type: "unreachable",
        host,
        failure: {
          message: "no answer from 192.0.2.17:22 within 10 s",
          hint: "Is the host up, and is its address in the inventory right?",
        },
      });
      emit({ type: "host-end", play, host, status: "unreachable", remaining: 0 });
      return;
    }
    emit({ type: "host-connected", host, ms: 120 });
    emit({ type: "host-start", play, host, tasks: tasks.length });
    emit({ type: "probe", host, tasks: tasks.length });
    for (const { title } of tasks) {
      emit({ type: "probe-task", host, task: title });
      await wait(40 * pace(host));
    }
    for (const [index, task] of tasks.entries()) {
      if (await runTask(play, host, task, index)) continue;
      lost.add(host);
      emit({ type: "host-end", play, host, status: "failed", remaining: tasks.length - index - 1 });
      return;
    }
    emit({ type: "host-end", play, host, status: "ok", remaining: 0 });
  };

  const began = performance.now();
  const plays = ["Build the mesh", "Verify"];
  emit({ type: "run-start", playbook: "playbooks/mesh.ts", hosts: names, plays, check });
  for (const [index, play] of plays.entries()) {
    if (interrupted) break;
    const active = names.filter((name) => !lost.has(name));
    emit({ type: "play-start", play, index, hosts: active });
    const queue = [...active];
    const worker = async (): Promise<void> => {
      for (let host = queue.shift(); host !== undefined; host = queue.shift()) {
        await runHost(play, host, index === 0 ? meshTasks(host) : verifyTasks(host));
      }
    };
    await Promise.all(Array.from({ length: 30 }, worker));
    emit({ type: "play-end", play, index });
  }
  emit({
    type: "recap",
    hosts: Object.fromEntries(recap),
    ms: performance.now() - began,
    check,
    interrupted,
  });
};
