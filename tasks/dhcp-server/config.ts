import ipaddr from "ipaddr.js";

/** What a DHCP server on a bridge hands out. */
export interface DhcpServerOptions {
  /** The bridge that it serves, and no other interface. */
  readonly bridge: string;
  /** Its own address on the bridge, with the subnet's prefix: "10.1.2.1/24". */
  readonly address: string;
  /** First and last address of the leases. */
  readonly range: { readonly from: string; readonly to: string };
  /** Seconds. */
  readonly leaseTime: number;
}

/** Where dhcpd's configuration is. */
export const configPath = "/etc/dhcp/dhcpd.conf";

/** The text of dhcpd.conf(5). */
export const configText = ({ address, range, leaseTime }: DhcpServerOptions): string => {
  const [, prefix] = ipaddr.IPv4.parseCIDR(address);
  const subnet = ipaddr.IPv4.networkAddressFromCIDR(address).toString();
  const netmask = ipaddr.IPv4.subnetMaskFromPrefixLength(prefix).toString();
  return `# Written by weft: the next run takes changes back.
authoritative;
default-lease-time ${leaseTime};
max-lease-time ${leaseTime};

# No routers: a container's default route stays where it is, on docker0.
subnet ${subnet} netmask ${netmask} {
  range ${range.from} ${range.to};
}
`;
};
