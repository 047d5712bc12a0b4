import type { Peer } from "weft";
import type { DhcpVars, MeshVars } from "../../inventory/contract.ts";
import { nicMtu } from "../vxlan-mesh.ts";
import { type Fault, fault } from "./fault.ts";
import type { ObservedHost } from "./observe.ts";

/**
 * What is wrong on a host itself, outside of tunnels and containers.
 * @param dhcp its variables where it is to be a DHCP server
 */
export const hostFaults = (
  { vars }: Peer<MeshVars>,
  now: ObservedHost,
  dhcp: DhcpVars | undefined,
): readonly Fault[] => {
  const { address, prefix, interface: nic, mtu } = vars.underlay;
  const bridge = now.bridges.find(({ name }) => name === vars.bridge);
  const has = (one: string): boolean => now.addresses.some((it) => it.address === one);
  const link = now.links.find(({ name }) => name === nic);
  const wanted = nicMtu(mtu);
  return [
    ...fault(
      now.openvswitch === undefined || !now.switches,
      "Open vSwitch not running",
      "Open vSwitch does not run",
    ),
    ...fault(
      now.docker === undefined && vars.containers.length > 0,
      "Docker not running",
      "Docker does not run",
    ),
    ...fault(
      now.openvswitch !== undefined && bridge === undefined,
      "bridge missing",
      `no bridge ${vars.bridge}`,
    ),
    ...fault(
      !has(`${address}/${prefix}`),
      "underlay address missing",
      `underlay address ${address}/${prefix} is on no interface`,
    ),
    ...fault(
      link !== undefined && link.mtu < mtu,
      "underlay MTU mismatch",
      `${nic} has MTU ${link?.mtu}, not ${mtu} as underlay.mtu in the inventory`,
    ),
    ...fault(
      bridge !== undefined && bridge.mtu !== 0 && bridge.mtu !== wanted,
      "MTU mismatch",
      `${vars.bridge} has MTU ${bridge?.mtu}, not ${wanted}`,
    ),
    ...fault(
      now.underlayOffload,
      "checksum offload on",
      "br-phy leaves checksums to hardware, and the userspace datapath has none: TCP stalls",
    ),
    ...now.deadPorts.map(
      ({ port, bridge: on }): Fault => ({
        what: "stale port",
        why: `port ${port} of ${on} has no device`,
      }),
    ),
    ...fault(
      dhcp !== undefined && !now.servesDhcp,
      "DHCP server not running",
      "the DHCP server does not run",
    ),
    ...fault(
      dhcp !== undefined && now.servesDhcp && !has(dhcp.address),
      "DHCP server not reachable",
      `no interface has ${dhcp?.address} for DHCP`,
    ),
  ];
};
