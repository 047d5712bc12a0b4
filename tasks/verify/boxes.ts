import type { Peer } from "weft";
import { stableMac } from "../nic/names.ts";
import { nicMtu } from "../vxlan-mesh.ts";

/** What the checks need to know of a host's mesh. */
export interface MeshHost {
  readonly bridge: string;
  readonly underlay: { readonly mtu: number };
  readonly containers: readonly {
    readonly name: string;
    readonly network: string;
    readonly nics: readonly {
      readonly name: string;
      readonly address: string;
      readonly bridge: string;
      readonly vlan?: number | undefined;
    }[];
  }[];
}

/** A container as the mesh sees it. */
export interface Box {
  readonly host: string;
  readonly name: string;
  /** Its NIC on the mesh. */
  readonly nic: string;
  readonly mac: string;
  /** Without a prefix; `undefined` for a lease. */
  readonly address: string | undefined;
  /** Hears those of the same VLAN only; `undefined` for none. */
  readonly vlan: number | undefined;
  /** Bytes. */
  readonly mtu: number;
  /** Has a NIC on docker0 as well. */
  readonly onDocker0: boolean;
}

/** Every container of every host that has a NIC on the mesh. */
export const boxesOf = (hosts: readonly Peer<MeshHost>[]): readonly Box[] =>
  hosts.flatMap(({ name: host, vars }) =>
    vars.containers.flatMap(({ name, network, nics }): readonly Box[] => {
      const nic = nics.find(({ bridge }) => bridge === vars.bridge);
      if (nic === undefined) return [];
      const address = nic.address === "dhcp" ? undefined : nic.address.split("/")[0];
      return [
        {
          host,
          name,
          nic: nic.name,
          mac: stableMac(name, nic.name),
          address,
          vlan: nic.vlan,
          mtu: nicMtu(vars.underlay.mtu, nic.vlan),
          onDocker0: network === "bridge",
        },
      ];
    }),
  );

/** The containers that one is to reach. */
export const neighboursOf = (box: Box, boxes: readonly Box[]): readonly Box[] =>
  boxes.filter((other) => other !== box && other.vlan === box.vlan);

/** Of these, the first of each other host: enough to try every tunnel. */
export const oneOfEachOtherHost = (box: Box, boxes: readonly Box[]): readonly Box[] => {
  const neighbours = neighboursOf(box, boxes);
  return neighbours.filter(
    ({ host }, index) =>
      host !== box.host && neighbours.findIndex((other) => other.host === host) === index,
  );
};
