import type { CrossHostProblem } from "weft";
import type { DeclaredOutside } from "../tasks/nic/declared.ts";
import type { Container, MeshVars, Nic } from "./contract.ts";

/** The NIC over which a container reaches its host. */
const nicOn = ({ nics }: Container, bridge: string): Nic | undefined =>
  nics.find((nic) => nic.bridge === bridge && nic.vlan === undefined);

/** How a host's containers reach the outside, and the outside them; `undefined` without a gateway. */
export const outsideOf = ({
  gateway,
  bridge,
  containers,
}: MeshVars): DeclaredOutside | undefined => {
  if (gateway === undefined) return undefined;
  const alone = containers
    .filter(({ network }) => network === "none")
    .flatMap((box) => {
      const nic = nicOn(box, bridge);
      return nic === undefined ? [] : [{ box, nic }];
    });
  return {
    bridge,
    gateway,
    routes: alone.map(({ box, nic }) => ({ container: box.name, nic: nic.name })),
    ports: alone.flatMap(({ box: { ports }, nic }) =>
      ports.map(({ host, container, protocol }) => ({
        protocol,
        host,
        container,
        address: nic.address.split("/")[0] ?? "",
      })),
    ),
  };
};

/** Ports that cannot be published, or are published twice. */
export const portProblems = (host: string, vars: MeshVars): readonly CrossHostProblem[] => {
  const { gateway, bridge, containers } = vars;
  const taken = new Map<string, string>();
  return containers.flatMap((box, at) => {
    const nic = nicOn(box, bridge);
    const field = `mesh.containers.${at}.ports`;
    const fixed = nic !== undefined && nic.address !== "dhcp";
    if (box.ports.length === 0) return [];
    if (gateway === undefined || box.network !== "none" || !fixed) {
      const message = `${box.name} cannot publish ports: that takes ${
        gateway === undefined
          ? "a gateway of its host, such as gateway: 10.1.2.251/24"
          : fixed
            ? 'network: "none", so that its answers come back over its NIC'
            : `a NIC with a fixed address on ${bridge}`
      }`;
      return [{ host, field, message }];
    }
    return box.ports.flatMap(({ protocol, host: port }) => {
      const key = `${protocol} ${port}`;
      const owner = taken.get(key);
      taken.set(key, owner ?? box.name);
      const message = `duplicate port ${key}: ${owner} has it`;
      return owner === undefined ? [] : [{ host, field, message }];
    });
  });
};
