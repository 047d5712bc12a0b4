import ipaddr from "ipaddr.js";
import { type Command, sh } from "weft";

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

/** A program that serves DHCP: ISC's up to EL9, Kea from EL10 on. */
export interface DhcpProgram {
  readonly unit: string;
  readonly configPath: string;
  configText(options: DhcpServerOptions): string;
  /** Tests a configuration that is not in place yet. */
  check(candidate: string): Command;
  /** What systemd runs as root before and after it, whatever user the unit has: the prefix for that. */
  readonly asRoot: string;
  /** More lines for the [Service] section of its drop-in. */
  serviceLines(options: DhcpServerOptions): readonly string[];
}

const leases = "/var/lib/dhcpd/dhcpd.leases";

/** ISC dhcpd. Its options are those of CentOS's unit, with the bridge as the only interface. */
export const isc: DhcpProgram = {
  unit: "dhcpd",
  configPath: "/etc/dhcp/dhcpd.conf",
  // dhcpd.conf(5)
  configText: ({ address, range, leaseTime }) => {
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
  },
  check: (candidate) => sh`dhcpd -t -cf ${candidate}`,
  // EL7's systemd does not know "+", and the unit's user is root.
  asRoot: "",
  serviceLines: ({ bridge }) => [
    `ExecStartPre=/bin/sh -c '[ -e ${leases} ] || install -o dhcpd -g dhcpd -m 644 /dev/null ${leases}'`,
    "ExecStart=",
    `ExecStart=/usr/sbin/dhcpd -f -cf /etc/dhcp/dhcpd.conf -lf ${leases} -user dhcpd -group dhcpd --no-pid ${bridge}`,
  ],
};

/** Kea's DHCPv4 server. https://kea.readthedocs.io/en/stable/arm/dhcp4-srv.html */
export const kea: DhcpProgram = {
  unit: "kea-dhcp4",
  configPath: "/etc/kea/kea-dhcp4.conf",
  configText: ({ bridge, address, range, leaseTime }) => {
    const [, prefix] = ipaddr.IPv4.parseCIDR(address);
    const subnet = `${ipaddr.IPv4.networkAddressFromCIDR(address).toString()}/${prefix}`;
    const config = {
      Dhcp4: {
        "interfaces-config": { interfaces: [bridge] },
        "lease-database": { type: "memfile" },
        authoritative: true,
        "valid-lifetime": leaseTime,
        // No routers: a container's default route stays where it is, on docker0.
        subnet4: [{ id: 1, subnet, pools: [{ pool: `${range.from} - ${range.to}` }] }],
      },
    };
    return `// Written by weft: the next run takes changes back.\n${JSON.stringify(config, undefined, 2)}\n`;
  },
  // A lock file of root's would keep the unit's user out.
  check: (candidate) => sh`env KEA_LOCKFILE_DIR=none kea-dhcp4 -t ${candidate}`,
  asRoot: "+",
  serviceLines: () => [],
};
