import type { Peer } from "weft";
import { stableMac } from "../nic/names.ts";

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
      const mac = stableMac(name, nic.name);
      return [{ host, name, nic: nic.name, mac, address, onDocker0: network === "bridge" }];
    }),
  );

/** The first container of each other host: enough to try every tunnel. */
export const oneOfEachOtherHost = (boxes: readonly Box[], host: string): readonly Box[] =>
  boxes.filter(
    (box, index) =>
      box.host !== host && boxes.findIndex((other) => other.host === box.host) === index,
  );
