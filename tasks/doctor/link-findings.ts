import type { Peer } from "weft";
import type { MeshVars } from "../../inventory/contract.ts";
import { tunnelFaults } from "../network/tunnel-faults.ts";
import type { Ping } from "../verify-pings.ts";
import type { Answers } from "./answers.ts";
import { type Finding, meshRun } from "./finding.ts";
import { hasFaultyEnd, type MeshAnswers, wholeContainers } from "./mesh-answers.ts";

type Host = Peer<MeshVars>;

/** How the way from a host to another one is, beyond what the settings of both say. */
type Way = "carries" | "unreachable" | "silent" | "faulty end" | "not tried";

const pingsTo = (mesh: MeshAnswers, host: Host, peer: Host) => {
  const [from, to] = [wholeContainers(mesh, host), wholeContainers(mesh, peer)];
  return [...(mesh.answers.get(host.name)?.traffic.pings ?? [])].flatMap(([key, ping]) => {
    const [source = "", target = ""] = key.split(" ");
    const counts = from.has(source) && to.has(target) && ping !== "no address";
    return counts ? [{ key, source, target, ping }] : [];
  });
};

const arrives = (ping: Ping): boolean => ping !== "no answer" && ping !== "no address";

/** The way from a host that answered to another one. */
export const wayTo = (mesh: MeshAnswers, host: Host, peer: Host): Way => {
  if (hasFaultyEnd(mesh, host, peer)) return "faulty end";
  const pings = pingsTo(mesh, host, peer);
  if (pings.some(({ ping }) => arrives(ping))) return "carries";
  // A firewall may drop pings between hosts: what a tunnel carries is better proof than they are.
  if (!mesh.answers.get(host.name)?.peers.has(peer.name)) return "unreachable";
  return pings.length > 0 ? "silent" : "not tried";
};

const othersOf = ({ hosts }: MeshAnswers, host: Host): readonly Host[] =>
  hosts.filter(({ name }) => name !== host.name);

/** Whether all ways of a host are the same bad one: then it is the host that is cut off, and not its peers. */
const isCutOff = (mesh: MeshAnswers, host: Host, way: "unreachable" | "silent"): boolean => {
  const peers = othersOf(mesh, host).filter(({ name }) => mesh.answers.has(name));
  return (
    mesh.answers.has(host.name) &&
    peers.length > 1 &&
    peers.every((peer) => wayTo(mesh, host, peer) === way)
  );
};

const namesOf = (hosts: readonly Host[]): string => hosts.map(({ name }) => name).join(", ");

const unreachable = (host: Host, peers: readonly Host[]): readonly Finding[] =>
  peers.map(({ name, vars: { underlay } }) => ({
    what: "peer unreachable",
    why: `${name} does not answer pings to ${underlay.address}`,
    mend: `weft ping ${name} tells whether it is up; if it is, mend the network between it and ${host.vars.underlay.address}`,
  }));

const silent = (host: Host, peers: readonly Host[]): readonly Finding[] =>
  peers.length === 0
    ? []
    : [
        {
          what: "UDP 4789 blocked",
          why: `nothing comes through the tunnels from ${namesOf(peers)}, though pings between the hosts are answered`,
          mend: `${meshRun(host.name, ...peers.map(({ name }) => name))} opens it in the hosts' firewalls; else open it in the network between them`,
        },
      ];

/** Packets that are lost or come twice on ways that carry others. */
const oddities = (mesh: MeshAnswers, host: Host, own: Answers): readonly Finding[] => {
  const isLoopKnown = mesh.hosts.some((one) => {
    const { network } = mesh.answers.get(one.name) ?? {};
    return (
      network !== undefined &&
      othersOf(mesh, one).some((peer) =>
        tunnelFaults(one, peer, network).some(({ what }) => what === "unprotected tunnel port"),
      )
    );
  });
  return othersOf(mesh, host)
    .filter((peer) => wayTo(mesh, host, peer) === "carries")
    .flatMap((peer): readonly Finding[] => {
      const pings = pingsTo(mesh, host, peer);
      const twice = pings.find(({ ping }) => ping === "duplicates");
      const lost = pings.find(({ ping }) => ping === "no answer");
      const large = pings.find(({ key }) => own.traffic.tooLarge.has(key));
      const mend = meshRun(host.name, peer.name);
      return [
        ...(twice !== undefined && !isLoopKnown
          ? [
              {
                what: "loop",
                why: `${twice.source} gets more than one answer from ${twice.target} on ${peer.name}`,
                mend: "ovs-vsctl show on every host: look for a second connection between the bridges, and remove it",
              } as const,
            ]
          : []),
        ...(lost === undefined
          ? []
          : [
              {
                what: "ping unanswered",
                why: `${lost.source} gets no answer from ${lost.target} on ${peer.name}, though others do`,
                mend,
              } as const,
            ]),
        ...(large === undefined
          ? []
          : [
              {
                what: "MTU mismatch",
                why: `the network to ${peer.name} passes less than underlay.mtu ${host.vars.underlay.mtu} says: large packets are lost`,
                mend: "lower underlay.mtu in the inventory, then weft run playbooks/mesh.ts",
              } as const,
            ]),
      ];
    });
};

/** What is wrong on the ways from a host to the others. */
export const linkFindings = (mesh: MeshAnswers, host: Host, own: Answers): readonly Finding[] => {
  const bad = (way: "unreachable" | "silent"): readonly Host[] =>
    othersOf(mesh, host).filter(
      (peer) =>
        wayTo(mesh, host, peer) === way &&
        (isCutOff(mesh, host, way) || !isCutOff(mesh, peer, way)),
    );
  return [
    ...unreachable(host, bad("unreachable")),
    ...silent(host, bad("silent")),
    ...oddities(mesh, host, own),
  ];
};

/** Tunnels of which nothing is known but their settings. */
export const untriedLinks = (mesh: MeshAnswers, host: Host): readonly string[] => {
  const untried = othersOf(mesh, host).filter((peer) => wayTo(mesh, host, peer) === "not tried");
  if (untried.length === 0) return [];
  return [
    `whether the tunnels to ${namesOf(untried)} carry packets: no container here, or there, to ping`,
  ];
};
