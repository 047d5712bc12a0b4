import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import type { Task } from "weft";
import { baseline } from "../../../tasks/baseline.ts";
import { container } from "../../../tasks/container.ts";
import { containerNic } from "../../../tasks/container-nic.ts";
import { agent } from "../../../tasks/nic/agent.ts";
import { serviceFiles } from "../../../tasks/nic/agent-service.ts";
import { hook, keeper } from "../../../tasks/nic/dhcp-client.ts";
import { script as nicScript } from "../../../tasks/nic/script.ts";
import { nicAgent } from "../../../tasks/nic-agent.ts";
import { nicTools } from "../../../tasks/nic-tools.ts";
import { peerFlows } from "../../../tasks/ovs/peer-flows.ts";
import { portFlows } from "../../../tasks/ovs/port-flows.ts";
import { ovsBridge } from "../../../tasks/ovs-bridge.ts";
import { strayBridges } from "../../../tasks/stray-bridges.ts";
import { strayDhcpServer } from "../../../tasks/stray-dhcp-server.ts";
import { strayNics } from "../../../tasks/stray-nics.ts";
import { noAgent } from "../../../tasks/teardown/agent.ts";
import { noBridges } from "../../../tasks/teardown/bridges.ts";
import { noContainers } from "../../../tasks/teardown/containers.ts";
import { dhcpServerAsBefore } from "../../../tasks/teardown/dhcp-server.ts";
import { packagesAsBefore } from "../../../tasks/teardown/packages.ts";
import { noScripts } from "../../../tasks/teardown/scripts.ts";
import { underlayOnNic } from "../../../tasks/teardown/underlay.ts";
import { script as underlayScript } from "../../../tasks/underlay/script.ts";
import { underlay } from "../../../tasks/underlay.ts";
import { verifyBroadcast } from "../../../tasks/verify-broadcast.ts";
import { verifyLeases } from "../../../tasks/verify-leases.ts";
import { verifyPacketSize } from "../../../tasks/verify-packet-size.ts";
import { verifyPings } from "../../../tasks/verify-pings.ts";
import { vxlanFlowMesh } from "../../../tasks/vxlan-flow-mesh.ts";
import { vxlanMesh } from "../../../tasks/vxlan-mesh.ts";
import { answer } from "./answer.ts";

const hosts = ["a", "b"].map((name) => ({
  name,
  vars: {
    bridge: "vxbr",
    underlay: { mtu: 1500 },
    containers: [
      {
        name: `${name}1`,
        network: "bridge",
        nics: [{ name: "eth1", address: "dhcp", bridge: "vxbr" }],
      },
    ],
  },
}));
const common = { host: "a", hosts, range: { from: "10.1.2.100", to: "10.1.2.199" } };

const task = <State>(it: Task<State>): Task => it as Task;
const tasks = [
  task(ovsBridge({ name: "vxbr", host: "a", mtu: 1450 })),
  task(underlay({ interface: "eth0", address: "192.168.56.105" })),
  task(
    vxlanMesh({
      bridge: "vxbr",
      localIp: "1.2.3.4",
      peers: [{ name: "b", address: "1.2.3.5" }],
      vni: 42,
    }),
  ),
  task(
    vxlanFlowMesh({
      bridge: "vxbr",
      localIp: "1.2.3.4",
      peers: [{ name: "b", address: "1.2.3.5" }],
      vni: 42,
    }),
  ),
  task(container({ name: "a1", image: "i", archive: "/i.tar", network: "none" })),
  task(nicTools()),
  task(nicAgent()),
  task(strayNics({ containers: [] })),
  task(strayBridges({ bridges: [] })),
  task(strayDhcpServer()),
  task(
    containerNic({
      container: "a1",
      nic: { name: "eth0", address: "dhcp", bridge: "vxbr" },
      mtu: 1450,
    }),
  ),
  task(baseline()),
  task(noAgent()),
  task(noBridges({ bridges: ["vxbr"], nic: "eth0" })),
  task(noContainers({ containers: [{ name: "a1", image: "i" }] })),
  task(dhcpServerAsBefore()),
  task(noScripts()),
  task(underlayOnNic("eth0")),
  task(packagesAsBefore({ keep: false, containers: [], bridges: [] })),
  task(verifyPings(common)),
  task(verifyPacketSize(common)),
  task(verifyBroadcast(common)),
  task(verifyLeases(common)),
];

// A fresh host with Open vSwitch's userspace datapath: there every task has something to do.
const fresh = `datapath=netdev
2: eth0    inet 192.168.56.105/24 brd 192.168.56.255 scope global eth0
unit=systemd
/sys/class/net/wv0123456789ab
/etc/init.d/weft-bridge-old
stray dhcpd
dangling /var/run/netns/1
file=yes
altered
left=/var/run/weft
/etc/dhcp/dhcpd.conf
baseline|service dhcpd enabled active
baseline|package bash
installed ethtool
present /etc/docker
docker-rules
forward 1
ovs=absent
`;

// And one of EL6, with an Open vSwitch that has no protected ports and cannot be asked for an MTU.
const el6 = `${fresh.replace("unit=systemd", "unit=sysv")}protected=unknown\nmtu_request=unknown\n`;

const scriptsOf = (it: Task): readonly string[] => {
  const stderr =
    "/usr/local/libexec/weft/nic /usr/local/libexec/weft/agent /usr/local/libexec/weft/dhcp-client /usr/local/libexec/weft/dhclient-script /etc/dhcp/dhclient-weft.conf";
  const planned = (host: string) => {
    try {
      return it.plan(it.probe.parse(answer(host, stderr)));
    } catch {
      // The checks have nothing to change.
      return [];
    }
  };
  const changes = [fresh, el6].flatMap(planned);
  return [
    it.probe.command.script,
    ...changes.map(({ command }) => command.script),
    // Files that are scripts themselves.
    ...changes.flatMap(({ diff }) => (diff?.after.startsWith("#!/bin/sh") ? [diff.after] : [])),
  ];
};

const programs = [
  keeper,
  hook,
  nicScript,
  underlayScript,
  portFlows.text,
  peerFlows.text,
  agent,
  serviceFiles.sysv.text,
];
const functions = [...tasks.flatMap(scriptsOf), ...programs]
  .map((script, at) => `f${at}() {\n${script}\n}\n`)
  .join("");

it.each([["dash"], ["bash", "--posix"], ["busybox", "sh"]])(
  "every script of the network's tasks is one to %s",
  (...shell) => {
    const [program = "", ...args] = shell;
    expect(functions.match(/^f\d+\(\)/gm)?.length).toBeGreaterThan(25);
    const run = () => execFileSync(program, [...args, "-n"], { input: functions, stdio: "pipe" });
    expect(run).not.toThrow();
  },
);
