import type { HostAddress } from "./address-plan.ts";
import { gatewayAddress, underlayMtu, underlayPrefix } from "./address-plan.ts";
import { machine, machineTry } from "./machine.ts";

/** The network namespace of the underlay: a bridge with a port for each host. */
export const underlayNamespace = (tag: string): string => `${tag}-underlay`;

/** The network namespace of one host. */
export const hostNamespace = (tag: string, host: string): string => `${tag}-${host}`;

/** Makes the underlay where it is not there yet. */
export const ensureUnderlay = async (tag: string): Promise<void> => {
  const namespace = underlayNamespace(tag);
  const { exitCode } = await machineTry`ip -n ${namespace} link show br0`;
  if (exitCode === 0) return;
  // Left half-made by an interrupted run.
  await machineTry`ip netns delete ${namespace}`;
  await machine`
    ip netns add ${namespace}
    ip -n ${namespace} link set lo up
    ip -n ${namespace} link add br0 type bridge
    ip -n ${namespace} link set br0 mtu ${underlayMtu} up
    ip -n ${namespace} address add ${`${gatewayAddress}/${underlayPrefix}`} dev br0`;
};

/**
 * Gives a booted namespace a new network namespace with its eth0, as switching on a machine does. The address
 * is the host's own business. Checksum offload is off on both ends: over a veth nobody ever fills
 * the checksums in, and Open vSwitch's userspace datapath would pass them on unfilled.
 * @see https://docs.openvswitch.org/en/latest/faq/issues/
 */
const plugInNamespace = async (
  tag: string,
  { name, macAddress }: HostAddress,
  cut: boolean,
): Promise<void> => {
  const underlay = underlayNamespace(tag);
  const namespace = hostNamespace(tag, name);
  await machineTry`ip netns delete ${namespace}`;
  // The old cable goes with the old namespace, but only some time later.
  await machineTry`ip -n ${underlay} link delete ${name}`;
  await machine`
    ip netns add ${namespace}
    ip -n ${underlay} link add ${name} mtu ${underlayMtu} type veth peer name eth0 netns ${namespace} address ${macAddress} mtu ${underlayMtu}
    ip netns exec ${underlay} ethtool -K ${name} tx off > /dev/null
    ip netns exec ${namespace} ethtool -K eth0 tx off > /dev/null
    ip -n ${underlay} link set ${name} master br0 ${cut ? "down" : "up"}`;
};

/** Gives an emulated machine the tap device that is its end of the cable. */
const plugInVm = async (tag: string, { name }: HostAddress, cut: boolean): Promise<void> => {
  const underlay = underlayNamespace(tag);
  await machineTry`ip -n ${underlay} link delete ${name}`;
  await machine`
    ip -n ${underlay} tuntap add dev ${name} mode tap
    ip -n ${underlay} link set ${name} mtu ${underlayMtu} master br0 ${cut ? "down" : "up"}`;
};

/** Joins a host that is about to boot to the underlay; its cable may be cut. */
export const plugIn = (tag: string, host: HostAddress, cut: boolean): Promise<void> =>
  (host.backend === "vm" ? plugInVm : plugInNamespace)(tag, host, cut);

/** Pulls a host's cable, or puts it back. */
export const setLink = async (tag: string, host: string, state: "up" | "down"): Promise<void> => {
  await machine`ip -n ${underlayNamespace(tag)} link set ${host} ${state}`;
};

/** Removes every network namespace of a lab; what is in them goes with them. */
export const removeNamespaces = async (tag: string): Promise<void> => {
  const { stdout } = await machine`ip netns list`;
  const names = stdout.split("\n").map((line) => line.split(" ")[0] ?? "");
  for (const name of names.filter((name) => name.startsWith(`${tag}-`))) {
    await machineTry`ip netns delete ${name}`;
  }
};
