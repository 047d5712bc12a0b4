import ipaddr from "ipaddr.js";
import { TaskError } from "weft";

/** A port, or the first and the last of several: 443, "8000-8010". */
type Ports = number | string;

type Service =
  | { readonly udp: Ports; readonly tcp?: never }
  | { readonly tcp: Ports; readonly udp?: never };

type Senders =
  /** IPv4 addresses or networks such as "10.0.0.0/8"; everybody else is dropped. "0.0.0.0/0" is anybody. */
  | { readonly from: readonly string[]; readonly interface?: never }
  /** Whoever comes in on it. */
  | { readonly interface: string; readonly from?: never }
  /** Anybody. */
  | { readonly from?: never; readonly interface?: never };

/** Ports that are open: for the listed senders only, for whatever comes in on an interface, or for anybody. */
export type FirewallRule = Service & Senders;

/** What happens to a packet, in the terms that all firewalls share. The first that fits decides. */
export interface Verdict {
  readonly protocol: "udp" | "tcp";
  /** "443", or "8000-8010". */
  readonly ports: string;
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

/** The networks that a rule lets in; `undefined`: anybody. */
const networksOf = ({ from }: FirewallRule): readonly string[] | undefined => {
  const networks = from?.map(network);
  // iptables takes 0.0.0.0/0 for no condition, and lists none.
  return networks?.some((it) => it.endsWith("/0")) ? undefined : networks;
};

/** @throws TaskError for what is neither a port nor a range of them */
const serviceOf = ({ udp, tcp }: Service): Pick<Verdict, "protocol" | "ports"> => {
  const ports = String(udp ?? tcp);
  const [first, last = first, ...more] = ports.split("-").map(Number);
  const isPort = (it: number | undefined): boolean =>
    it !== undefined && Number.isInteger(it) && it >= 1 && it <= 65_535;
  if (!isPort(first) || !isPort(last) || more.length > 0 || Number(first) > Number(last)) {
    throw new TaskError(`"${ports}" is no port that a firewall could open`, {
      hint: 'Give a number from 1 to 65535, or a range such as "8000-8010".',
    });
  }
  return {
    protocol: udp === undefined ? "tcp" : "udp",
    ports: first === last ? String(first) : `${first}-${last}`,
  };
};

const acceptsOf = (rule: FirewallRule): readonly Verdict[] => {
  const accept = { ...serviceOf(rule), action: "accept" } as const;
  if (rule.interface !== undefined) return [{ ...accept, interface: rule.interface }];
  const networks = networksOf(rule);
  if (networks === undefined) return [accept];
  return [...new Set(networks)].sort().map((from) => ({ ...accept, from }));
};

/**
 * The rules as an ordered list: all that accept, then all that drop.
 *
 * @throws TaskError for what is no port, Error for what is no IPv4 address
 */
export const verdictsOf = (rules: readonly FirewallRule[]): readonly Verdict[] => {
  const closed = new Map<string, Verdict>();
  for (const rule of rules) {
    if (networksOf(rule) === undefined) continue;
    const service = serviceOf(rule);
    closed.set(`${service.protocol} ${service.ports}`, { ...service, action: "drop" });
  }
  return [...rules.flatMap(acceptsOf), ...closed.values()];
};

const sendersOf = (rule: FirewallRule): string => {
  if (rule.interface !== undefined) return ` on ${rule.interface}`;
  const networks = networksOf(rule);
  if (networks === undefined) return "";
  return ` from ${networks.length} ${networks.length === 1 ? "peer" : "peers"} only`;
};

/** "UDP 4789 from 2 peers only, UDP 67 on vxbr, TCP 443", for a change's summary. */
export const describe = (rules: readonly FirewallRule[]): string =>
  rules
    .map((rule) => {
      const { protocol, ports } = serviceOf(rule);
      return `${protocol.toUpperCase()} ${ports}${sendersOf(rule)}`;
    })
    .join(", ");
