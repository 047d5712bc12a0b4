/** An address of one of a host's interfaces. */
export interface Address {
  readonly interface: string;
  readonly family: "ipv4" | "ipv6";
  readonly address: string;
  /** Length of the prefix. */
  readonly prefix: number;
}

const isLoopback = ({ address }: Address): boolean =>
  address === "::1" || address.startsWith("127.");

/** A line of `ip -o addr show`: "2: eth0    inet 192.0.2.1/24 brd ...". */
const fromIp = (line: string): readonly Address[] => {
  const found =
    /^ip \d+: ([^\s@]+)\S*\s+(inet6?) ([\da-f.:]+)(?: peer [\da-f.:]+)?(?:\/(\d+))?/.exec(line);
  if (found === null) return [];
  const [, name = "", family, address = "", prefix] = found;
  const isIpv6 = family === "inet6";
  return [
    {
      interface: name,
      family: isIpv6 ? "ipv6" : "ipv4",
      address,
      prefix: prefix === undefined ? (isIpv6 ? 128 : 32) : Number(prefix),
    },
  ];
};

/** A line of /proc/net/if_inet6: address, index, prefix length, scope and flags in hex, interface. */
const fromInet6 = (line: string): readonly Address[] => {
  const found = /^if_inet6 ([\da-f]{32}) [\da-f]+ ([\da-f]+) [\da-f]+ [\da-f]+\s+(\S+)$/.exec(line);
  if (found === null) return [];
  const [, digits = "", prefix = "", name = ""] = found;
  const full = (digits.match(/.{4}/g) ?? []).join(":");
  return [
    {
      interface: name,
      family: "ipv6",
      // A URL writes an IPv6 address in its shortest form.
      address: new URL(`http://[${full}]`).hostname.slice(1, -1),
      prefix: Number.parseInt(prefix, 16),
    },
  ];
};

const toNumber = (address: string): number =>
  address.split(".").reduce((number, octet) => number * 256 + Number(octet), 0);

interface Route {
  readonly interface: string;
  readonly network: number;
  readonly prefix: number;
}

/** /proc/net/route has its numbers in the host's byte order: little-endian wherever weft has been. */
const swapped = (hex: string): number =>
  Number.parseInt((hex.match(/../g) ?? []).reverse().join(""), 16);

/** A route to a network of the interface's own, from a line of /proc/net/route. */
const routeOf = (line: string): readonly Route[] => {
  const [, name, destination, gateway, , , , , mask] = line.split(/\s+/);
  if (!name || gateway !== "00000000" || !destination || !mask || mask === "00000000") return [];
  const prefix = swapped(mask).toString(2).replaceAll("0", "").length;
  return [{ interface: name, network: swapped(destination), prefix }];
};

const inNetwork = (address: number, { network, prefix }: Route): boolean => {
  const size = 2 ** (32 - prefix);
  return Math.floor(address / size) === Math.floor(network / size);
};

/** The host's own IPv4 addresses are the local ones of /proc/net/fib_trie; routes tell their interfaces. */
const fromTrie = (lines: readonly string[]): readonly Address[] => {
  const routes = lines
    .filter((line) => line.startsWith("route "))
    .flatMap(routeOf)
    .sort((a, b) => b.prefix - a.prefix);
  const trie = lines.filter((line) => line.startsWith("fib_trie "));
  const local = trie.flatMap((line, index) => {
    const address = /\|-- ([\d.]+)$/.exec(line)?.[1];
    const isLocal = /\/32 host LOCAL$/.test(trie[index + 1] ?? "");
    return address !== undefined && isLocal ? [address] : [];
  });
  return [...new Set(local)].map((address) => {
    const route = routes.find((one) => inNetwork(toNumber(address), one));
    return {
      interface: route?.interface ?? "",
      family: "ipv4",
      address,
      prefix: route?.prefix ?? 32,
    };
  });
};

/**
 * Addresses from what a host printed: `ip -o addr show`, or files of /proc/net where it has no
 * `ip`, as a fresh host may not. Each line begins with the name of what it came from.
 * Source: proc(5); net/ipv4/fib_trie.c and net/ipv6/addrconf.c of Linux.
 */
export const parseAddresses = (lines: readonly string[]): readonly Address[] =>
  [...lines.flatMap(fromIp), ...fromTrie(lines), ...lines.flatMap(fromInet6)].filter(
    (address) => !isLoopback(address),
  );
