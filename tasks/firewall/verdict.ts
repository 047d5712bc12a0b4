import ipaddr from "ipaddr.js";

/** One UDP port: open for the listed senders only, or open for whatever comes in on an interface. */
export type FirewallRule =
  /** IPv4 addresses or networks such as "10.0.0.0/8"; everybody else is dropped. */
  | { readonly udp: number; readonly from: readonly string[] }
  | { readonly udp: number; readonly interface: string };

/** What happens to a packet, in the terms that all firewalls share. The first that fits decides. */
export interface Verdict {
  readonly udp: number;
  readonly action: "accept" | "drop";
  /** An IPv4 network with its prefix. */
  readonly from?: string;
  readonly interface?: string;
}

const network = (address: string): string => {
  const cidr = address.includes("/") ? address : `${address}/32`;
  const [, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  return `${ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()}/${prefix}`;
};

/**
 * The rules as an ordered list: all that accept, then all that drop.
 *
 * @throws Error for what is no IPv4 address.
 */
export const verdictsOf = (rules: readonly FirewallRule[]): readonly Verdict[] => {
  const accepts = rules.flatMap((rule): Verdict[] =>
    "from" in rule
      ? [...new Set(rule.from.map(network))]
          .sort()
          .map((from) => ({ udp: rule.udp, action: "accept", from }))
      : [{ udp: rule.udp, action: "accept", interface: rule.interface }],
  );
  const closed = new Set(rules.flatMap((rule) => ("from" in rule ? [rule.udp] : [])));
  return [...accepts, ...[...closed].map((udp): Verdict => ({ udp, action: "drop" }))];
};

/** "UDP 4789 from 2 peers only, UDP 67 on vxbr", for a change's summary. */
export const describe = (rules: readonly FirewallRule[]): string =>
  rules
    .map((rule) =>
      "from" in rule
        ? `UDP ${rule.udp} from ${rule.from.length} ${rule.from.length === 1 ? "peer" : "peers"} only`
        : `UDP ${rule.udp} on ${rule.interface}`,
    )
    .join(", ");
