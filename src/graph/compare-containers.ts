import type { Container, MeshVars, Nic } from "../../inventory/contract.ts";
import {
  clientOf,
  containerFaults,
  type DeclaredNic,
  nicFaults,
  portOf,
  routeFaults,
} from "../../tasks/network/container-faults.ts";
import type { ObservedContainer, ObservedHost, ObservedNic } from "../../tasks/network/observe.ts";
import { nicMtu } from "../../tasks/vxlan-mesh.ts";
import type { ContainerNode, NicNode, Status } from "./model.ts";

const statusOf = (faults: readonly string[]): Status => (faults.length > 0 ? "bad" : "ok");

/** A NIC that the inventory declares, of a container that cannot be looked into. */
const hiddenNic = ({ name, bridge, address }: Nic): NicNode => ({
  name,
  bridge,
  mac: "",
  mtu: 0,
  addresses: address === "dhcp" ? [] : [address],
  source: address === "dhcp" ? "dhcp" : "static",
  leaseEnds: "",
  status: "unknown",
  faults: [],
});

const declaredNic = (wanted: DeclaredNic, now: ObservedContainer, host: ObservedHost): NicNode => {
  const { nic } = wanted;
  const faults = nicFaults(wanted, now, host).map(({ why }) => why);
  const found = now.nics.find(({ name }) => name === nic.name);
  if (found === undefined) return { ...hiddenNic(nic), status: "bad", faults };
  return {
    name: nic.name,
    bridge: portOf(wanted, host)?.bridge ?? "",
    mac: found.mac,
    mtu: found.mtu,
    addresses: found.addresses,
    source: nic.address === "dhcp" ? "dhcp" : "static",
    leaseEnds: clientOf(wanted, now, host)?.expires ?? "",
    status: statusOf(faults),
    faults,
  };
};

/** A NIC that the inventory does not name: Docker's own, or one that somebody attached. */
const otherNic = (
  now: ObservedNic,
  { masters, ports }: ObservedHost,
  container: ObservedContainer,
): NicNode => {
  const port = ports.find(
    (one) =>
      one.nic === now.name && (one.container === container.name || one.container === container.id),
  );
  const faults = port === undefined ? [] : ["is not in the inventory"];
  return {
    name: now.name,
    bridge: port?.bridge ?? masters.get(now.peerIndex) ?? "",
    mac: now.mac,
    mtu: now.mtu,
    addresses: now.addresses,
    source: port === undefined ? "docker" : "static",
    leaseEnds: "",
    status: statusOf(faults),
    faults,
  };
};

const declaredBox = (
  box: Container,
  vars: MeshVars,
  host: ObservedHost | undefined,
): ContainerNode => {
  const now = host?.containers.find(({ name }) => name === box.name);
  const { name, image } = box;
  if (host === undefined || now === undefined || !now.isRunning) {
    const faults = host === undefined ? [] : containerFaults(now).map(({ why }) => why);
    const status = host === undefined ? "unknown" : "bad";
    return { name, image, isRunning: false, nics: box.nics.map(hiddenNic), status, faults };
  }
  const faults = routeFaults(now).map(({ why }) => why);
  const others = now.nics.filter((one) => !box.nics.some((nic) => nic.name === one.name));
  return {
    name,
    image: now.image,
    isRunning: true,
    nics: [
      ...box.nics.map((nic) => {
        const mtu = nicMtu(vars.underlay.mtu, nic.vlan);
        return declaredNic({ box, nic, mtu }, now, host);
      }),
      ...others.map((one) => otherNic(one, host, now)),
    ],
    status: statusOf(faults),
    faults,
  };
};

/** Containers with a NIC on the mesh that no inventory knows, or only their ports where they are gone. */
const strayBoxes = (vars: MeshVars, host: ObservedHost): readonly ContainerNode[] => {
  const isDeclared = (name: string): boolean => vars.containers.some((box) => box.name === name);
  const named = host.ports.map((port) => {
    const container = host.containers.find(
      ({ id, name }) => name === port.container || id === port.container,
    );
    return { port, container, name: container?.name ?? port.container };
  });
  const strays = named.filter(({ name }) => !isDeclared(name));
  return [...new Map(strays.map((stray) => [stray.name, stray])).values()].map(
    ({ name, port, container }) => ({
      name,
      image: container?.image ?? "",
      isRunning: container?.isRunning ?? false,
      nics: (container?.nics ?? []).map((nic) => ({
        ...otherNic(nic, host, container as ObservedContainer),
        faults: [],
      })),
      status: "bad",
      faults: [
        container === undefined
          ? `is gone, and its port ${port.port} is still on ${port.bridge}`
          : `is on ${port.bridge}, and not in the inventory`,
      ],
    }),
  );
};

/**
 * The containers of a host: those that the inventory declares, and others with a port on a bridge.
 *
 * @param host `undefined` where it did not answer
 * @returns them, and how many other containers there are
 */
export const compareContainers = (
  vars: MeshVars,
  host: ObservedHost | undefined,
): { readonly containers: readonly ContainerNode[]; readonly others: number } => {
  const containers = [
    ...vars.containers.map((box) => declaredBox(box, vars, host)),
    ...(host === undefined ? [] : strayBoxes(vars, host)),
  ];
  const names = new Set(containers.map(({ name }) => name));
  return {
    containers,
    others: host?.containers.filter(({ name }) => !names.has(name)).length ?? 0,
  };
};
