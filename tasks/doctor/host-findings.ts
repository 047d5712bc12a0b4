import type { Peer } from "weft";
import type { MeshVars } from "../../inventory/contract.ts";
import type { Fault } from "../network/fault.ts";
import { hostFaults } from "../network/host-faults.ts";
import { strayTunnels, tunnelFaults } from "../network/tunnel-faults.ts";
import { service } from "../nic/agent-service.ts";
import { stableMac, vethName } from "../nic/names.ts";
import { tunnelBridge } from "../ovs/tunnel-bridge.ts";
import { bridge as underlayBridge } from "../underlay.ts";
import type { Answers } from "./answers.ts";
import { type Finding, mendedBy, meshRun } from "./finding.ts";
import { containersOf, isSwitchDown, type MeshAnswers } from "./mesh-answers.ts";

type Host = Peer<MeshVars>;

const dead = (host: Host, { network }: Answers): readonly Finding[] => {
  const declared = host.vars.containers.flatMap(({ name, nics }) =>
    nics.map((nic) => vethName(name, nic.name)),
  );
  const { bridge: own } = host.vars;
  const bridges = [own, tunnelBridge(own).name, underlayBridge];
  return (
    network.deadPorts
      .filter(({ bridge }) => bridges.includes(bridge))
      // Those of declared NICs are their containers' faults.
      .filter(({ port }) => !declared.includes(port))
      .map(({ port, bridge }) => ({
        what: "stale port",
        why: `port ${port} of ${bridge} has no device`,
        mend: `ovs-vsctl del-port ${bridge} ${port}`,
      }))
  );
};

const mendHost = ({ name, vars: { underlay } }: Host, { what }: Fault): string =>
  what === "underlay MTU mismatch"
    ? `ip link set dev ${underlay.interface} mtu ${underlay.mtu}, and in the host's network settings; or lower underlay.mtu in the inventory`
    : meshRun(name);

const mendTunnel = ({ name, vars }: Host, { what }: Fault): string =>
  what === "unprotected tunnel port"
    ? // They have seen senders come by the detour, and send to a port that forwards no more.
      `${meshRun(name)}, then ovs-appctl fdb/flush ${vars.bridge} on every host: bridges keep to wrong ways for five minutes`
    : meshRun(name);

const containers = (host: Host, own: Answers): readonly Finding[] => {
  if (own.network.docker === undefined) return [];
  return containersOf(host, own).flatMap(({ box, faults, routes }) => {
    const now = own.network.containers.find(({ name }) => name === box.name);
    const named = (some: readonly Fault[]): readonly Fault[] =>
      some.map(({ what, why }) => ({ what, why: `${box.name}: ${why}` }));
    const out = now?.nics.find(
      ({ name, addresses }) => addresses.length > 0 && !box.nics.some((nic) => nic.name === name),
    );
    return [
      ...mendedBy(meshRun(host.name), named(faults)),
      ...mendedBy(
        `nsenter -n -t $(docker inspect -f '{{.State.Pid}}' ${box.name}) ip route replace default via ${now?.gateway} dev ${out?.name ?? "eth0"}`,
        named(routes),
      ),
    ];
  });
};

const duplicates = (mesh: MeshAnswers, host: Host, own: Answers): readonly Finding[] => {
  const owners = mesh.hosts.flatMap(({ name, vars }) =>
    vars.containers.flatMap((box) =>
      box.nics.map((nic) => ({ host: name, box: box.name, mac: stableMac(box.name, nic.name) })),
    ),
  );
  return (
    own.holders.others
      .map((one) => ({ ...one, other: owners.find(({ mac }) => mac === one.mac) }))
      // Its own request that came back is a loop, and that has a finding of its own.
      .filter(({ owner, other }) => other === undefined || other.box !== owner.split(" ")[0])
      .map(({ owner, address, mac, other }) => ({
        what: "duplicate address",
        why: `${address} of ${owner} is at ${mac} as well${other === undefined ? "" : `: ${other.box} on ${other.host}`}`,
        mend:
          other === undefined
            ? `ovs-appctl fdb/show ${host.vars.bridge} has the port behind which ${mac} is: take the address away there`
            : meshRun(other.host),
      }))
  );
};

const agent = (
  { agent: { manager, running, file } }: Answers,
  host: string,
): readonly Finding[] => {
  if (running) return [];
  const start = manager === "systemd" ? `systemctl start ${service}` : `service ${service} start`;
  return [
    {
      what: "agent not running",
      why: `${service} ${file === "absent" ? "is not installed" : "does not run"}: nobody brings NICs back`,
      mend: file === "absent" ? meshRun(host) : start,
    },
  ];
};

const denials = ({ denials: { denials: some } }: Answers): readonly Finding[] =>
  some.map(({ program, permissions, object, count }) => ({
    what: "SELinux denial",
    why: `${program} was refused ${permissions} on ${object}${count > 1 ? `, ${count} times` : ""} within an hour`,
    mend: `ausearch -m avc -c ${program} --raw | audit2allow -M weft-${program} writes a policy that allows it: read weft-${program}.te, then semodule -i weft-${program}.pp`,
  }));

/** What is wrong on a host as its own settings say. */
export const hostFindings = (mesh: MeshAnswers, host: Host, own: Answers): readonly Finding[] => {
  const { name } = host;
  const server = mesh.server?.name === name ? mesh.server.vars : undefined;
  const others = [...agent(own, name), ...denials(own)];
  const faults = hostFaults(host, own.network, server).filter(({ what }) => what !== "stale port");
  // Without Open vSwitch nothing else can be right.
  if (isSwitchDown(own)) {
    const root = faults.filter(({ what }) => what === "Open vSwitch not running");
    return [...mendedBy(meshRun(name), root), ...others];
  }
  const tunnels = mesh.hosts
    .filter((peer) => peer.name !== name)
    .flatMap((peer) => tunnelFaults(host, peer, own.network));
  const hasBridge = !faults.some(({ what }) => what === "bridge missing");
  return [
    ...faults.map((one) => ({ ...one, mend: mendHost(host, one) })),
    // Without the bridge there is no tunnel on it.
    ...(hasBridge ? tunnels.map((one) => ({ ...one, mend: mendTunnel(host, one) })) : []),
    ...mendedBy(meshRun(name), strayTunnels(host, own.network, mesh.hosts)),
    ...dead(host, own),
    ...containers(host, own),
    ...duplicates(mesh, host, own),
    ...others,
  ];
};
