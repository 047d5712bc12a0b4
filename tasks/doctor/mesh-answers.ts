import type { Peer } from "weft";
import type { Container, DhcpVars, MeshVars } from "../../inventory/contract.ts";
import { containerFaults, nicFaults, routeFaults } from "../network/container-faults.ts";
import type { Fault } from "../network/fault.ts";
import { hostFaults } from "../network/host-faults.ts";
import { tunnelFaults } from "../network/tunnel-faults.ts";
import { nicMtu } from "../vxlan-mesh.ts";
import type { Answers } from "./answers.ts";

/** A mesh as it is declared, and what its hosts said. */
export interface MeshAnswers {
  readonly hosts: readonly Peer<MeshVars>[];
  /** The DHCP server of the mesh, where it has one. */
  readonly server: Peer<DhcpVars> | undefined;
  /** By host; those that did not answer are missing. */
  readonly answers: ReadonlyMap<string, Answers>;
}

/** A container of a host with what is wrong with it, each fault saying which NIC it means. */
export interface ContainerAnswer {
  readonly box: Container;
  readonly faults: readonly Fault[];
  readonly routes: readonly Fault[];
}

/** Whether Open vSwitch of a host forwards nothing at all. */
export const isSwitchDown = ({ network }: Answers): boolean =>
  network.openvswitch === undefined || !network.switches;

/** The containers of a host, judged. */
export const containersOf = (
  { vars }: Peer<MeshVars>,
  { network }: Answers,
): readonly ContainerAnswer[] =>
  vars.containers.map((box) => {
    const now = network.containers.find(({ name }) => name === box.name);
    if (now === undefined || !now.isRunning) {
      return { box, faults: containerFaults(now), routes: [] };
    }
    const faults = box.nics.flatMap((nic) => {
      const mtu = nicMtu(vars.underlay.mtu, nic.vlan);
      const own = nicFaults({ box, nic, mtu }, now, network);
      // A NIC without a client, or without its bridge, has lost its lease for that reason.
      return own.length > 1 ? own.filter(({ what }) => what !== "no lease") : own;
    });
    return { box, faults, routes: routeFaults(now) };
  });

/** The names of a host's containers of which a ping can be expected to arrive and to be answered. */
export const wholeContainers = (
  { answers }: MeshAnswers,
  host: Peer<MeshVars>,
): ReadonlySet<string> => {
  const own = answers.get(host.name);
  // Of a host that did not answer nothing bad is known.
  if (own === undefined) return new Set(host.vars.containers.map(({ name }) => name));
  return new Set(
    containersOf(host, own).flatMap(({ box, faults }) => (faults.length === 0 ? [box.name] : [])),
  );
};

/** Whether a tunnel cannot work for a reason that its ends' own faults say. */
export const hasFaultyEnd = (
  { answers }: MeshAnswers,
  one: Peer<MeshVars>,
  other: Peer<MeshVars>,
): boolean =>
  [
    { host: one, peer: other },
    { host: other, peer: one },
  ].some(({ host, peer }) => {
    const own = answers.get(host.name);
    if (own === undefined) return false;
    const address = hostFaults(host, own.network, undefined).some(
      ({ what }) => what === "underlay address missing" || what === "bridge missing",
    );
    return isSwitchDown(own) || address || tunnelFaults(host, peer, own.network).length > 0;
  });

/**
 * The DHCP server of a network.
 * @param hosts those of the network, each with its bridge there
 * @param all those of all networks
 */
export const serverOf = (
  hosts: readonly Peer<MeshVars>[],
  all: readonly Peer<MeshVars>[],
  servers: readonly Peer<DhcpVars>[],
): Peer<DhcpVars> | undefined =>
  servers.find(({ name, vars }) => {
    const bridge = hosts.find((host) => host.name === name)?.vars.bridge;
    const first = all.find((host) => host.name === name)?.vars.bridge;
    return bridge !== undefined && (vars.bridge ?? first) === bridge;
  });
