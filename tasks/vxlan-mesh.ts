import { change, type Peer, sh, TaskError, task } from "weft";
import {
  askFlows,
  type FlowState,
  parseFlows,
  planFlows,
  planNoFlows,
} from "./ovs/flow-program.ts";
import { portFlows } from "./ovs/port-flows.ts";
import { addTunnelBridge, removeTunnelBridge, tunnelBridge } from "./ovs/tunnel-bridge.ts";
import { askTunnelPorts, parseTunnelPorts, type TunnelPorts } from "./ovs/tunnel-ports.ts";
import {
  EVERY_PEER,
  naming,
  part,
  sameTunnel,
  type Tunnel,
  transaction,
  tunnelLine,
  tunnelName,
} from "./ovs/tunnels.ts";

/** Bytes that VXLAN over IPv4 adds to a frame's payload: Ethernet 14, IP 20, UDP 8, VXLAN 8 (RFC 7348). */
export const VXLAN_OVERHEAD = 50;

/** Bytes that a VLAN's tag adds to a frame, inside the tunnel too (IEEE 802.1Q). */
const VLAN_TAG = 4;

/** The MTU of a container's NIC, in bytes, so that its frames fit the underlay in a tunnel. */
export const nicMtu = (underlayMtu: number, vlan?: number): number =>
  underlayMtu - VXLAN_OVERHEAD - (vlan === undefined ? 0 : VLAN_TAG);

/** The other hosts of a mesh, whether or not they answer: a host that is down keeps its tunnels. */
export const peersOf = (
  host: string,
  hosts: readonly Peer<{ readonly underlay: { readonly address: string } }>[],
): readonly { readonly name: string; readonly address: string }[] =>
  hosts
    .filter(({ name }) => name !== host)
    .map(({ name, vars }) => ({ name, address: vars.underlay.address }));

export interface VxlanMeshOptions {
  readonly bridge: string;
  /** This host's tunnel endpoint. */
  readonly localIp: string;
  /** The other hosts, all of them: a tunnel to a host that is not listed is taken down. */
  readonly peers: readonly { readonly name: string; readonly address: string }[];
  /** VXLAN network number, 1 to 16,777,215. */
  readonly vni: number;
}

/** The tunnels of a bridge, and what keeps them apart where ports cannot be protected. */
export interface MeshState extends TunnelPorts {
  readonly flows: FlowState;
}

const lines = (tunnels: readonly Tunnel[]): string =>
  tunnels
    .map((tunnel) => `${tunnelLine(tunnel)}\n`)
    .sort()
    .join("");

/**
 * A VXLAN tunnel to every peer, in one transaction.
 *
 * Every tunnel port is `protected`: frames never go from tunnel to tunnel. Without that a mesh of more
 * than two bridges is a loop, and one broadcast fills every link; so port and flag come in the same
 * transaction. https://docs.openvswitch.org/en/stable/ref/ovs-vswitchd.conf.db.5/ (Port, protected)
 *
 * Where Open vSwitch is older than 2.7 and knows no such ports, the tunnels get a bridge of their own, joined
 * to the other one, whose flows do the same and are put back whenever Open vSwitch starts.
 *
 * Each host has a port for every other one, up to some hundreds of them; a large mesh is
 * {@link vxlanFlowMesh}'s. To go from one to the other is to run the playbook again.
 *
 * Tunnels are known by `external_ids:weft_peer` of their port; ports without it are left alone.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * vxlanMesh({
 *   bridge: "vxbr",
 *   localIp: "192.168.56.105",
 *   peers: [{ name: "lab-2", address: "192.168.56.106" }],
 *   vni: 42,
 * })
 * ```
 */
export const vxlanMesh = ({ bridge, localIp, peers, vni }: VxlanMeshOptions) => {
  const own = tunnelBridge(bridge);
  const desiredOn = (canProtect: boolean): readonly Tunnel[] =>
    peers.map(({ name, address }) => ({
      name: tunnelName(vni, name),
      bridge: canProtect ? bridge : own.name,
      peer: name,
      protected: canProtect,
      type: "vxlan",
      options: { key: String(vni), local_ip: localIp, remote_ip: address },
    }));
  const names = new Set(peers.map(({ name }) => tunnelName(vni, name)));
  return task<MeshState>({
    title: `VXLAN ${vni} on ${bridge}: tunnels to ${naming(peers.map(({ name }) => name)) || "nobody"}`,
    probe: {
      command: sh`${askTunnelPorts}
${askFlows(portFlows, bridge)}`,
      parse: (result) => ({
        ...parseTunnelPorts(bridge, result),
        flows: parseFlows(portFlows, result),
      }),
    },
    plan: ({ ports, canProtect, datapath, ownBridge, flows }) => {
      const desired = desiredOn(canProtect);
      const wanted = new Map(desired.map((it) => [it.name, it]));
      const tunnels = ports.filter(({ name, peer }) => peer !== "" || names.has(name));
      const found = new Map(tunnels.map((it) => [it.name, it]));
      const stray = tunnels.filter(({ name }) => !wanted.has(name));
      const missing = desired.filter((want) => {
        const now = found.get(want.name);
        return now === undefined || !sameTunnel(now, want);
      });
      const errors = tunnels.flatMap(({ name, error }) => (error ? [`${name}: ${error}`] : []));
      if (missing.length === 0 && stray.length === 0 && errors.length > 0) {
        throw new TaskError(`Open vSwitch cannot set up ${errors.join("; ")}`, {
          hint: "Two tunnels with the same addresses and VNI exclude each other: look for another one with ovs-vsctl show.",
        });
      }
      const moved = tunnels.filter(({ name, bridge: on }) => {
        const want = wanted.get(name);
        return want !== undefined && want.bridge !== on;
      });
      const rebuild = ownBridge !== (canProtect ? "absent" : "whole");
      const peersOfAll = (some: readonly Tunnel[]): readonly string[] =>
        some.map(({ peer }) => peer);
      const summary = [
        ...(rebuild && !canProtect ? [`give the tunnels a bridge of their own, ${own.name}`] : []),
        ...(rebuild && canProtect ? [`remove ${own.name}`] : []),
        ...part("add tunnels to", peersOfAll(missing.filter(({ name }) => !found.has(name)))),
        ...part("mend tunnels to", peersOfAll(missing.filter(({ name }) => found.has(name)))),
        ...part("remove tunnels to", peersOfAll(stray.filter(({ peer }) => peer !== EVERY_PEER))),
        ...part(
          "remove the port of all tunnels",
          stray.flatMap(({ name, peer }) => (peer === EVERY_PEER ? [name] : [])),
        ),
      ].join(", ");
      const diff = {
        subject: `tunnels of ${bridge}`,
        before: lines(tunnels),
        after: lines(desired),
      };
      const first = rebuild
        ? [canProtect ? removeTunnelBridge(bridge) : addTunnelBridge(bridge, datapath)]
        : [];
      return [
        ...change(summary !== "", summary, transaction(first, [...stray, ...moved], missing), {
          diff,
        }),
        ...(canProtect
          ? planNoFlows(bridge, flows)
          : planFlows(portFlows, bridge, flows, summary !== "")),
      ];
    },
  });
};
