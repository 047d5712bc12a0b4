import type { Peer } from "weft";
import type { DhcpVars, MeshVars } from "./contract.ts";

/** The networks of a host, the first one first. */
export const networksOf = ({ bridge, vni, networks }: MeshVars): MeshVars["networks"] => [
  { bridge, vni },
  ...networks,
];

/** The hosts that have a network, each with the bridge that it has for it. */
export const membersOf = (
  vni: number,
  hosts: readonly Peer<MeshVars>[],
): readonly Peer<MeshVars>[] =>
  hosts.flatMap(({ name, vars }) => {
    const own = networksOf(vars).find((it) => it.vni === vni);
    return own === undefined ? [] : [{ name, vars: { ...vars, bridge: own.bridge } }];
  });

/** The addresses that are leased in a network; `undefined` where no server is in it. */
export const rangeOf = (
  vni: number,
  hosts: readonly Peer<MeshVars>[],
  servers: readonly Peer<DhcpVars>[],
): DhcpVars["range"] | undefined => {
  const members = membersOf(vni, hosts);
  const serves = ({ name, vars: { bridge } }: Peer<DhcpVars>): boolean => {
    const served = bridge ?? hosts.find((host) => host.name === name)?.vars.bridge;
    return members.some((member) => member.name === name && member.vars.bridge === served);
  };
  return servers.find(serves)?.vars.range;
};

/** The hosts of a network as if they had no other: its bridge, its VNI, and what of their containers is in it. */
export const asOnlyNetwork = (
  vni: number,
  hosts: readonly Peer<MeshVars>[],
): readonly Peer<MeshVars>[] =>
  membersOf(vni, hosts).map(({ name, vars }) => ({
    name,
    vars: {
      ...vars,
      vni,
      networks: [],
      containers: vars.containers.flatMap((box) => {
        const nics = box.nics.filter(({ bridge }) => bridge === vars.bridge);
        return nics.length === 0 ? [] : [{ ...box, nics }];
      }),
    },
  }));
