import { type Peer, sh, TaskError, task } from "weft";
import { askPairs, nameOf, type Pair, type Range, refuse } from "./verify/ask.ts";
import { type Box, boxesOf, type MeshHost, neighboursOf } from "./verify/boxes.ts";

interface VerifyPingsOptions {
  /** The host whose containers ping. */
  readonly host: string;
  /** All hosts of the mesh: what a play's `hosts` gives. */
  readonly hosts: readonly Peer<MeshHost>[];
  /** Where leased addresses are looked for. */
  readonly range?: Range | undefined;
}

/** One row's cell: milliseconds, or what was wrong. */
export type Ping = number | "no address" | "no answer" | "duplicates";

const keyOf = ({ from, to }: Pair): string => `${from.name} ${to.name}`;

/**
 * What {@link askPairs} does for one ping. Two packets: with the userspace datapath the first may be lost
 * while a tunnel's ARP resolves.
 */
export const ping = sh`
for try in 1 2; do
  said=$(in_netns "$pid" ping -n -q -c 2 -i 0.2 -W 1 "$address") && break
done
case $said in
  *duplicates*) echo "ping $from $to duplicates" ;;
  *" = "*) best=\${said##* = }; echo "ping $from $to \${best%%/*}" ;;
  *) echo "ping $from $to -" ;;
esac`;

/** Reads the answers of {@link ping}, by "FROM TO". */
export const parsePings = (stdout: string): ReadonlyMap<string, Ping> => {
  const pings = new Map<string, Ping>();
  for (const [, key = "", word = ""] of stdout.matchAll(/^ping (\S+ \S+) (\S+)$/gm)) {
    if (word === "duplicates") pings.set(key, word);
    else pings.set(key, word === "-" ? "no answer" : Number(word));
  }
  for (const [, key = ""] of stdout.matchAll(/^unknown (\S+ \S+)$/gm)) {
    pings.set(key, "no address");
  }
  return pings;
};

const table = (
  rows: readonly Box[],
  columns: readonly Box[],
  cell: (from: Box, to: Box) => string,
): string => {
  const lines = [
    ["ms", ...columns.map(({ name }) => name)],
    ...rows.map((from) => [from.name, ...columns.map((to) => cell(from, to))]),
  ];
  const widths = lines[0]?.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) => line.map((word, at) => word.padStart(widths?.[at] ?? 0)).join("  "))
    .join("\n");
};

/**
 * Every container of a host pings every other container of the mesh and of its VLAN; shows the times in milliseconds.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * verifyPings({ host: "lab-1", hosts, range: { from: "10.1.2.100", to: "10.1.2.199" } })
 * ```
 */
export const verifyPings = ({ host, hosts, range }: VerifyPingsOptions) => {
  const boxes = boxesOf(hosts);
  const mine = boxes.filter((box) => box.host === host);
  const pairs = mine.flatMap((from) => neighboursOf(from, boxes).map((to): Pair => ({ from, to })));
  return task<ReadonlyMap<string, Ping>>({
    title: `pings from ${mine.map(({ name }) => name).join(", ") || "no container"}`,
    probe: {
      command: askPairs({ pairs, range, sweep: true, each: ping }),
      parse: (result) => {
        refuse(result);
        const pings = parsePings(result.stdout);
        const silent = pairs.find((pair) => !pings.has(keyOf(pair)));
        if (silent !== undefined) {
          throw new TaskError(`nothing is known of the ping ${keyOf(silent)}: ${result.stderr}`);
        }
        return pings;
      },
    },
    plan: (pings) => {
      const failed = pairs.filter((pair) => typeof pings.get(keyOf(pair)) !== "number");
      if (failed.length === 0) return [];
      const words = failed.map(
        (pair) => `${nameOf(pair.from)} -> ${nameOf(pair.to)}: ${pings.get(keyOf(pair))}`,
      );
      throw new TaskError(`${failed.length} of ${pairs.length} pings failed\n${words.join("\n")}`, {
        hint: "weft run playbooks/mesh.ts mends what is not as declared.",
      });
    },
    report: (pings) => {
      const answered = pairs.filter((pair) => typeof pings.get(keyOf(pair)) === "number");
      const matrix = table(mine, boxes, (from, to) => {
        const it = pings.get(keyOf({ from, to }));
        return typeof it === "number" ? it.toFixed(2) : (it ?? "");
      });
      return `${matrix}\n${answered.length}/${pairs.length} pings answered`;
    },
  });
};
