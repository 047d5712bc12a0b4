import type { DhcpVars, MeshVars } from "../../inventory/contract.ts";
import { hostFaults } from "../../tasks/network/host-faults.ts";
import type { ObservedHost } from "../../tasks/network/observe.ts";
import { strayTunnels } from "../../tasks/network/tunnel-faults.ts";
import type { Ping } from "../../tasks/verify-pings.ts";
import type { Peer } from "../inventory/contract.ts";
import { compareContainers } from "./compare-containers.ts";
import { compareLinks } from "./compare-links.ts";
import type { HostNode, NetworkGraph } from "./model.ts";

/** What came of a host: what is there, and how its containers' pings to other hosts went. */
export interface HostReport {
  readonly network: ObservedHost;
  /** `undefined` where none were sent. */
  readonly pings: ReadonlyMap<string, Ping> | undefined;
}

interface CompareOptions {
  /** When it was read, ISO 8601. */
  readonly at: string;
  /** Every host of the mesh, also those that were not asked. */
  readonly mesh: readonly Peer<MeshVars>[];
  readonly dhcp: readonly Peer<DhcpVars>[];
  /** The hosts to draw. */
  readonly asked: readonly string[];
  /** What the hosts told that answered. */
  readonly reports: ReadonlyMap<string, HostReport>;
  /** Why the others did not. */
  readonly silent: ReadonlyMap<string, string>;
}

const hostNode = (host: Peer<MeshVars>, options: CompareOptions): HostNode => {
  const { name, vars } = host;
  const dhcp = options.dhcp.find((one) => one.name === name)?.vars;
  const now = options.reports.get(name)?.network;
  const leases = dhcp === undefined ? "" : `${dhcp.range.from} to ${dhcp.range.to}`;
  const { containers, others } = compareContainers(vars, now);
  const faults =
    now === undefined
      ? [options.silent.get(name) ?? "the host did not answer"]
      : [...hostFaults(host, now, dhcp), ...strayTunnels(host, now, options.mesh)].map(
          ({ why }) => why,
        );
  return {
    name,
    underlay: vars.underlay.address,
    os: now?.os ?? "",
    kernel: now?.kernel ?? "",
    openvswitch: now?.openvswitch ?? "",
    docker: now?.docker ?? "",
    bridges: (now?.bridges ?? []).toSorted((one, two) => one.name.localeCompare(two.name)),
    containers,
    otherContainers: others,
    leases,
    faults,
    status: now === undefined ? "unknown" : faults.length > 0 ? "bad" : "ok",
  };
};

/** Judges what hosts told by what the inventory declares. Pure. */
export const compare = (options: CompareOptions): NetworkGraph => {
  const drawn = options.mesh.filter(({ name }) => options.asked.includes(name));
  const hosts = drawn.map((host) => hostNode(host, options));
  return {
    at: options.at,
    vnis: [...new Set(drawn.map(({ vars }) => vars.vni))],
    hosts,
    links: compareLinks(drawn, hosts, options.reports),
  };
};

/** What is wrong in a graph, a line each: "lab-1: ...", "a1 on lab-1: ...", "lab-1 - lab-2: ...". */
export const faultsOf = ({ hosts, links }: NetworkGraph): readonly string[] => {
  const lines: string[] = [];
  for (const { name: host, status, faults, containers } of hosts) {
    if (status === "bad") lines.push(...faults.map((fault) => `${host}: ${fault}`));
    for (const box of containers) {
      lines.push(...box.faults.map((fault) => `${box.name} on ${host}: ${fault}`));
      for (const nic of box.nics) {
        lines.push(...nic.faults.map((fault) => `${box.name} ${nic.name} on ${host}: ${fault}`));
      }
    }
  }
  for (const { hosts: ends, faults } of links) {
    lines.push(...faults.map((fault) => `${ends.join(" - ")}: ${fault}`));
  }
  return lines;
};
