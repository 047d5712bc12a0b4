import { change, join, sh, TaskError, task } from "weft";
import { askFlows, type FlowState, parseFlows, planFlows } from "./ovs/flow-program.ts";
import { peerFlows } from "./ovs/peer-flows.ts";
import { addTunnelBridge, tunnelBridge } from "./ovs/tunnel-bridge.ts";
import {
  askTunnelPorts,
  parseTunnelPorts,
  peerKey,
  peersOfPort,
  type TunnelPorts,
} from "./ovs/tunnel-ports.ts";
import { EVERY_PEER, mapWord, naming, part, type Tunnel, tunnelLine } from "./ovs/tunnels.ts";
import type { VxlanMeshOptions } from "./vxlan-mesh.ts";

/** The tunnels of a bridge, and the flows that lead them. */
export interface FlowMeshState extends TunnelPorts {
  readonly flows: FlowState;
}

/** Names by address. */
type Peers = ReadonlyMap<string, string>;

const lines = (tunnels: readonly Tunnel[], peers: Peers): string =>
  [...tunnels.map(tunnelLine), ...[...peers].map(([address, name]) => `${name} ${address}`)]
    .sort()
    .map((line) => `${line}\n`)
    .join("");

const quoted = (address: string): string => JSON.stringify(peerKey(address));

/**
 * VXLAN to every peer by one tunnel port, whose flows lead each frame: for meshes with more hosts than Open
 * vSwitch should have ports.
 *
 * The port (`remote_ip=flow`) is on a bridge of its own beside the containers', joined to it; as with
 * {@link vxlanMesh}, with which it can be mixed in one mesh, no frame goes from tunnel to tunnel. Frames of
 * hosts that are not listed are dropped. Flows come back whenever Open vSwitch starts; until then, and
 * while one way is changed for the other, the bridge forwards nothing.
 * https://docs.openvswitch.org/en/stable/faq/configuration/ (flow-based tunneling)
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * vxlanFlowMesh({
 *   bridge: "vxbr",
 *   localIp: "192.168.56.105",
 *   peers: [{ name: "lab-2", address: "192.168.56.106" }],
 *   vni: 42,
 * })
 * ```
 */
export const vxlanFlowMesh = ({ bridge, localIp, peers, vni }: VxlanMeshOptions) => {
  const own = tunnelBridge(bridge);
  const desired: Tunnel = {
    name: `vx${vni}`,
    bridge: own.name,
    peer: EVERY_PEER,
    protected: false,
    type: "vxlan",
    options: { key: String(vni), local_ip: localIp, remote_ip: "flow" },
  };
  const wanted: Peers = new Map(peers.map(({ name, address }) => [address, name]));
  return task<FlowMeshState>({
    title: `VXLAN ${vni} on ${bridge}: one port to ${naming([...wanted.values()]) || "nobody"}`,
    probe: {
      command: sh`${askTunnelPorts}
${askFlows(peerFlows, bridge)}`,
      parse: (result) => ({
        ...parseTunnelPorts(bridge, result),
        flows: parseFlows(peerFlows, result),
      }),
    },
    plan: ({ ports, canProtect, datapath, ownBridge, flows }) => {
      // Bundles of flows came little later than protected ports, the only sign that the database gives.
      if (!canProtect) {
        throw new TaskError(
          "Open vSwitch is older than 2.8, and cannot replace flows in one transaction",
          {
            hint: 'Give this host tunnels: "ports", which go together with the other hosts\' flows, or a later Open vSwitch.',
          },
        );
      }
      const tunnels = ports.filter(({ name, peer }) => peer !== "" || name === desired.name);
      const stray = tunnels.filter(
        ({ name, bridge: on }) => name !== desired.name || on !== own.name,
      );
      const port = tunnels.find(({ name, bridge: on }) => name === desired.name && on === own.name);
      if (port?.error)
        throw new TaskError(`Open vSwitch cannot set up ${port.name}: ${port.error}`);
      const listed = peersOfPort(port?.ids ?? {});
      const added = [...wanted].filter(([address]) => !listed.has(address));
      const renamed = [...wanted].filter(
        ([address, name]) => listed.has(address) && listed.get(address) !== name,
      );
      const removed = [...listed].filter(([address]) => !wanted.has(address));
      const whole =
        port !== undefined && port.peer === EVERY_PEER && tunnelLine(port) === tunnelLine(desired);
      const namesOf = (some: readonly (readonly [string, string])[]): readonly string[] =>
        some.map(([, name]) => name);
      const summary = [
        ...(ownBridge === "whole" ? [] : [`give the tunnels a bridge of their own, ${own.name}`]),
        ...(whole
          ? []
          : [`${port === undefined ? "add" : "mend"} port ${desired.name} of all tunnels`]),
        ...part("add tunnels to", namesOf(added)),
        ...part("rename tunnels to", namesOf(renamed)),
        ...part("remove tunnels to", namesOf(removed)),
        ...part(
          "remove ports",
          stray.map(({ name }) => name),
        ),
      ].join(", ");
      const settings = [
        sh`external_ids:weft_peer=${EVERY_PEER}`,
        ...[...added, ...renamed].map(
          ([address, name]) => sh`${`external_ids:${quoted(address)}=${JSON.stringify(name)}`}`,
        ),
      ];
      const transaction = join(
        [
          sh`ovs-vsctl --timeout=60`,
          ...stray.map(({ name, bridge: on }) => sh`--if-exists del-port ${on} ${name}`),
          addTunnelBridge(bridge, datapath),
          sh`--may-exist add-port ${own.name} ${desired.name} -- set Interface ${desired.name} type=vxlan ${`options=${mapWord(desired.options)}`}`,
          sh`set Port ${desired.name} protected=false ${join(settings, " ")}`,
          ...(removed.length === 0
            ? []
            : [
                sh`remove Port ${desired.name} external_ids ${removed.map(([address]) => quoted(address))}`,
              ]),
        ],
        " -- ",
      );
      const diff = {
        subject: `tunnels of ${bridge}`,
        before: lines(tunnels, listed),
        after: lines([desired], wanted),
      };
      return [
        ...change(summary !== "", summary, transaction, { diff }),
        ...planFlows(peerFlows, bridge, flows, summary !== ""),
      ];
    },
  });
};
