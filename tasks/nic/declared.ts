import ipaddr from "ipaddr.js";
import { stableMac, vethName } from "./names.ts";

/** Where a host keeps what was declared for it. */
export const statePath = "/etc/weft/network";

/** A container's NIC as it is to be. */
export interface DeclaredNic {
  readonly container: string;
  /** Its name inside the container. */
  readonly name: string;
  /** An IPv4 address with its prefix, or "dhcp". */
  readonly address: string;
  readonly bridge: string;
  /** The VLAN that it is an access port of, 1 to 4094. Left out: none. */
  readonly vlan?: number | undefined;
  /** Bytes. */
  readonly mtu: number;
}

/** The words that tell the NIC script what to attach: they are those of a line of the state file too. */
export const attachWords = (nic: DeclaredNic): readonly string[] => [
  nic.container,
  nic.name,
  vethName(nic.container, nic.name),
  nic.bridge,
  String(nic.mtu),
  stableMac(nic.container, nic.name),
  nic.address,
  nic.vlan === undefined ? "-" : String(nic.vlan),
];

/** How a host's containers reach the outside, and the outside them. */
export interface DeclaredOutside {
  readonly bridge: string;
  /** The host's own address on the bridge, with the subnet's prefix. */
  readonly gateway: string;
  readonly routes: readonly { readonly container: string; readonly nic: string }[];
  readonly ports: readonly {
    readonly protocol: "tcp" | "udp";
    /** The host's. */
    readonly host: number;
    readonly address: string;
    /** The container's. */
    readonly container: number;
  }[];
}

const outsideLines = ({ bridge, gateway, routes, ports }: DeclaredOutside): readonly string[] => {
  const [address = "", prefix] = gateway.split("/");
  const subnet = `${ipaddr.IPv4.networkAddressFromCIDR(gateway).toString()}/${prefix}`;
  return [
    `gateway ${bridge} ${address} ${subnet}`,
    ...routes.map(({ container, nic }) => `route ${container} ${nic} ${address}`),
    ...ports.map(
      ({ protocol, host, address: target, container }) =>
        `publish ${protocol} ${host} ${target}:${container}`,
    ),
  ];
};

/** What a host keeps of its network: one line for each part of it, whose first word says which. */
export const stateText = (
  bridges: readonly string[],
  nics: readonly DeclaredNic[],
  outside?: DeclaredOutside,
): string =>
  [
    "# Written by weft: the next run takes changes back.",
    "# bridge NAME",
    "# nic CONTAINER NIC VETH BRIDGE MTU MAC ADDRESS|dhcp VLAN|-",
    ...bridges.map((bridge) => `bridge ${bridge}`),
    ...nics.map((nic) => ["nic", ...attachWords(nic)].join(" ")),
    ...(outside === undefined ? [] : outsideLines(outside)),
    "",
  ].join("\n");
