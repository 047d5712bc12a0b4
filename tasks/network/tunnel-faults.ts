import type { Peer } from "weft";
import type { MeshVars } from "../../inventory/contract.ts";
import { tunnelBridge } from "../ovs/tunnel-bridge.ts";
import { type Fault, fault } from "./fault.ts";
import type { ObservedHost, ObservedTunnel } from "./observe.ts";

type Host = Peer<MeshVars>;

const leadsTo = (peer: Host, { peer: name, remoteIp }: ObservedTunnel): boolean =>
  name === peer.name || (name === "" && remoteIp === peer.vars.underlay.address);

/** Tunnels on the bridge of the containers, or on their own where Open vSwitch has no protected ports. */
const meshTunnels = ({ vars }: Host, { tunnels }: ObservedHost): readonly ObservedTunnel[] =>
  tunnels.filter(({ bridge }) => [vars.bridge, tunnelBridge(vars.bridge).name].includes(bridge));

/** The tunnel of a host that leads to another. */
export const tunnelTo = (peer: Host, host: Host, now: ObservedHost): ObservedTunnel | undefined =>
  meshTunnels(host, now).find((tunnel) => leadsTo(peer, tunnel));

/** Tunnels of the mesh that lead to no host of it. */
export const strayTunnels = (
  host: Host,
  now: ObservedHost,
  mesh: readonly Host[],
): readonly Fault[] =>
  meshTunnels(host, now)
    .filter(({ remoteIp }) => host.vars.tunnels !== "flow" || remoteIp !== "flow")
    .filter((tunnel) => !mesh.some((peer) => peer.name !== host.name && leadsTo(peer, tunnel)))
    .map(({ port, remoteIp }) => ({
      what: "not in the inventory",
      why: `port ${port} leads to ${remoteIp || "nowhere"}, no host of the mesh`,
    }));

/** What is wrong with a host's end of the tunnel to another. Of one port for all peers only traffic tells. */
export const tunnelFaults = (host: Host, peer: Host, now: ObservedHost): readonly Fault[] => {
  if (host.vars.tunnels === "flow") return [];
  const tunnel = tunnelTo(peer, host, now);
  if (tunnel === undefined) return [{ what: "tunnel missing", why: `no tunnel to ${peer.name}` }];
  const { port, type, remoteIp, localIp, isProtected, error } = tunnel;
  const { vni, underlay } = host.vars;
  const remote = peer.vars.underlay.address;
  return [
    ...fault(type !== "vxlan", "tunnel misdirected", `${port} is ${type}, not vxlan`),
    ...fault(
      tunnel.vni !== String(vni),
      "VNI mismatch",
      `${port} has VNI ${tunnel.vni || "none"}, not ${vni}`,
    ),
    ...fault(
      remoteIp !== remote,
      "tunnel misdirected",
      `${port} leads to ${remoteIp || "nowhere"}, not ${remote}`,
    ),
    ...fault(
      localIp !== underlay.address,
      "tunnel misdirected",
      `${port} begins at ${localIp || "any address"}, not ${underlay.address}`,
    ),
    ...fault(
      !isProtected,
      "unprotected tunnel port",
      `${port} is not protected: frames go round in a loop`,
    ),
    ...fault(error !== "", "tunnel broken", `${port}: ${error}`),
  ];
};
