import type { MeshVars } from "../../inventory/contract.ts";
import type { ObservedHost } from "../../tasks/network/observe.ts";
import { tunnelFaults, tunnelTo } from "../../tasks/network/tunnel-faults.ts";
import type { Ping } from "../../tasks/verify-pings.ts";
import type { Peer } from "../inventory/contract.ts";
import type { HostReport } from "./compare.ts";
import type { HostNode, Link, TunnelEnd } from "./model.ts";

type Host = Peer<MeshVars>;

const endFaults = (host: Host, peer: Host, now: ObservedHost): readonly string[] =>
  tunnelFaults(host, peer, now).map(({ why }) => `${host.name}: ${why}`);

const endOf = (host: Host, peer: Host, now: ObservedHost): readonly TunnelEnd[] => {
  const tunnel = tunnelTo(peer, host, now);
  if (tunnel === undefined) return [];
  const { port, remoteIp, sentPackets, receivedPackets } = tunnel;
  return [{ host: host.name, port, remote: remoteIp, sentPackets, receivedPackets }];
};

/** Names of containers that run with all their NICs right: a ping that fails between two is the link's fault. */
const wholeBoxes = (hosts: readonly HostNode[], name: string): ReadonlySet<string> =>
  new Set(
    hosts
      .find((host) => host.name === name)
      ?.containers.filter(
        ({ status, nics }) => status === "ok" && nics.every((nic) => nic.status === "ok"),
      )
      .map((box) => box.name),
  );

const pingsOf = (
  from: ReadonlySet<string>,
  to: ReadonlySet<string>,
  pings: ReadonlyMap<string, Ping> = new Map(),
): readonly { readonly words: string; readonly ping: Ping }[] =>
  [...pings].flatMap(([key, ping]) => {
    const [source = "", target = ""] = key.split(" ");
    const counts = from.has(source) && to.has(target) && ping !== "no address";
    return counts ? [{ words: `ping from ${source} to ${target}: ${ping}`, ping }] : [];
  });

const linkOf = (
  one: Host,
  other: Host,
  hosts: readonly HostNode[],
  reports: ReadonlyMap<string, HostReport>,
): Link => {
  const sides = [
    { host: one, peer: other, report: reports.get(one.name) },
    { host: other, peer: one, report: reports.get(other.name) },
  ];
  const pings = sides.flatMap(({ host, peer, report }) =>
    pingsOf(wholeBoxes(hosts, host.name), wholeBoxes(hosts, peer.name), report?.pings),
  );
  const faults = [
    ...sides.flatMap(({ host, peer, report }) =>
      report === undefined ? [] : endFaults(host, peer, report.network),
    ),
    ...pings.flatMap(({ words, ping }) => (typeof ping === "number" ? [] : [words])),
  ];
  const times = pings.flatMap(({ ping }) => (typeof ping === "number" ? [ping] : []));
  const isKnown = sides.every(({ report }) => report !== undefined);
  return {
    hosts: [one.name, other.name],
    vni: one.vars.vni,
    ends: sides.flatMap(({ host, peer, report }) =>
      report === undefined ? [] : endOf(host, peer, report.network),
    ),
    pingMs: times.length === 0 ? undefined : Math.min(...times),
    status: faults.length > 0 ? "bad" : isKnown ? "ok" : "unknown",
    faults,
  };
};

/** The links between hosts of the mesh, one for every two. */
export const compareLinks = (
  mesh: readonly Host[],
  hosts: readonly HostNode[],
  reports: ReadonlyMap<string, HostReport>,
): readonly Link[] =>
  mesh.flatMap((one, index) =>
    mesh.slice(index + 1).map((other) => linkOf(one, other, hosts, reports)),
  );
