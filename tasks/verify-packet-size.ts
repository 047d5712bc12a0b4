import { type Peer, sh, TaskError, task } from "weft";
import {
  askPairs,
  nameOf,
  type Pair,
  pairsToOtherHosts,
  type Range,
  refuse,
} from "./verify/ask.ts";
import { boxesOf, type MeshHost } from "./verify/boxes.ts";

interface VerifyPacketSizeOptions {
  /** The host whose containers are tried. */
  readonly host: string;
  /** All hosts of the mesh: what a play's `hosts` gives. */
  readonly hosts: readonly Peer<MeshHost>[];
  readonly range?: Range | undefined;
}

/** Which of the two packets got an answer. */
export interface Sizes {
  readonly largest: boolean;
  readonly next: boolean;
}

/** IPv4 header 20, ICMP echo header 8. */
const HEADERS = 28;

/** Sets $largest to 0 where a packet as large as the MTU passes. $payload is then its size, for `size`. */
export const largestPasses = sh`
# -M do: do not fragment.
size() { in_netns "$pid" ping -n -q -c 1 -W 1 -M do -s "$1" "$address" >/dev/null 2>&1; }
payload=$((mtu - ${HEADERS}))
size $payload || size $payload
largest=$?`;

/**
 * The largest packet that fits the containers' MTU passes every tunnel whole, and one more byte does not:
 * an MTU that is too large loses packets without a word.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * verifyPacketSize({ host: "lab-1", hosts })
 * ```
 */
export const verifyPacketSize = ({ host, hosts, range }: VerifyPacketSizeOptions) => {
  const boxes = boxesOf(hosts);
  const pairs = pairsToOtherHosts(boxes, host);
  const keyOf = ({ from, to }: Pair): string => `${from.name} ${to.name}`;
  return task<ReadonlyMap<string, Sizes>>({
    title: "packets as large as the MTU pass, a byte more does not",
    probe: {
      command: askPairs({
        pairs,
        range,
        sweep: false,
        each: sh`
${largestPasses}
size $((payload + 1))
echo "size $from $to $largest $?"`,
      }),
      parse: (result) => {
        refuse(result);
        const sizes = new Map<string, Sizes>();
        for (const [, key = "", largest, next] of result.stdout.matchAll(
          /^size (\S+ \S+) (\d+) (\d+)$/gm,
        )) {
          sizes.set(key, { largest: largest === "0", next: next === "0" });
        }
        return sizes;
      },
    },
    plan: (sizes) => {
      const faults = pairs.flatMap((pair) => {
        const it = sizes.get(keyOf(pair));
        const words = `${nameOf(pair.from)} -> ${nameOf(pair.to)}`;
        if (it === undefined) return [`${words}: could not be tried`];
        const { mtu } = pair.from;
        if (!it.largest) return [`${words}: ${mtu} bytes do not pass`];
        return it.next ? [`${words}: ${mtu + 1} bytes pass`] : [];
      });
      if (faults.length === 0) return [];
      throw new TaskError(faults.join("\n"), {
        hint: "Compare underlay.mtu in the inventory with the MTU of the network between the hosts.",
      });
    },
  });
};
