import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import type { TaskList } from "weft";
import { flatten, tasksOf } from "../../../src/task-list.ts";
import { dhcpServer } from "../../../tasks/dhcp-server.ts";
import { dockerEngine } from "../../../tasks/docker.ts";
import { firewall } from "../../../tasks/firewall.ts";
import { iproute } from "../../../tasks/iproute.ts";
import { openvswitch } from "../../../tasks/openvswitch.ts";
import { packages } from "../../../tasks/package.ts";
import { packageFile } from "../../../tasks/package-file.ts";
import { service } from "../../../tasks/service.ts";
import { answer } from "./answer.ts";

const rules = [
  { udp: 4789, from: ["192.168.56.106"] },
  { udp: 67, interface: "vxbr" },
];
const dhcp = {
  bridge: "vxbr",
  address: "10.1.2.1/24",
  range: { from: "10.1.2.100", to: "10.1.2.199" },
  leaseTime: 3600,
};
const tasks: TaskList = [
  packages({ names: ["tcpdump", "ethtool"] }),
  packages({ names: ["tcpdump", { name: "ethtool", version: "6.*" }] }),
  packages({ names: ["tcpdump", "ethtool"], state: "latest" }),
  packages({ names: ["tcpdump", "ethtool"], state: "absent" }),
  packageFile({ from: { host: "/srv/tcpdump-4.99-1.el9.x86_64.rpm" } }),
  service({ unit: "docker" }),
  service({ unit: "docker", running: false, enabled: false }),
  iproute(),
  openvswitch(),
  openvswitch({ packageName: "openvswitch3.1" }),
  dockerEngine(),
  firewall({ name: "mesh", rules }),
  dhcpServer(dhcp),
];

const absent = "LoadState=not-found\nActiveState=inactive\nUnitFileState=\n";
// Whichever of these answers a task understands, it then has something to do.
const answers = [
  "package tcpdump is not installed\npackage ethtool is not installed\n",
  absent,
  "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n",
  "netns=no\ninstalled 1\noffer iproute 2\n",
  "offer openvswitch3.1 3.1\noffer docker-ce 27\noffer dhcp-server 4\n",
  "has=iptables-services\n",
  "has=nft\n",
  "Id=firewalld.service\nActiveState=active\n",
  "Id=firewalld.service\nActiveState=active\n\nhas=policies\n",
];

const scriptsOf = (list: TaskList): readonly string[] =>
  tasksOf(flatten(list), { rescues: true }).flatMap((task) => {
    const changes = answers.flatMap((stdout) => {
      try {
        return task.plan(task.probe.parse(answer(stdout)));
      } catch {
        return [];
      }
    });
    return [task.probe.command.script, ...changes.map(({ command }) => command.script)];
  });

// All as functions of one script: a process a shell, and a script that leaves a quote or an `if` open shows.
const functions = scriptsOf(tasks)
  .map((script, at) => `f${at}() {\n${script}\n}\n`)
  .join("");

it.each([["dash"], ["bash", "--posix"], ["busybox", "sh"]])(
  "every script is one to %s",
  (...shell) => {
    const [program = "", ...args] = shell;
    expect(functions.match(/^f\d+\(\)/gm)?.length).toBeGreaterThan(40);
    const run = () => execFileSync(program, [...args, "-n"], { input: functions, stdio: "pipe" });
    expect(run).not.toThrow();
  },
);
