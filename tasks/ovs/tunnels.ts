import { createHash } from "node:crypto";
import { type Command, join, sh } from "weft";

/** A tunnel port as the database holds it. */
export interface Tunnel {
  readonly name: string;
  /** The bridge that has the port. */
  readonly bridge: string;
  /** The host at the other end; {@link EVERY_PEER} for one port to all, "" for a port that weft did not make. */
  readonly peer: string;
  /** Never forwards to other protected ports. */
  readonly protected: boolean;
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
}

/** The mark of a port that leads to every host, which no host's name can be. */
export const EVERY_PEER = "*";

const NAMED = 8;

/** Some names for a title or a summary, which has no room for five hundred. */
export const naming = (names: readonly string[]): string =>
  names.length <= NAMED
    ? names.join(", ")
    : `${names.slice(0, NAMED).join(", ")} and ${names.length - NAMED} more`;

/** One part of a summary, such as "add tunnels to lab-2, lab-3"; none where there is nobody to name. */
export const part = (words: string, names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [`${words} ${naming(names)}`];

/**
 * The tunnel port's name: the network and the peer as they are where they fit the kernel's 15 characters,
 * else a digest of both.
 */
export const tunnelName = (vni: number, peer: string): string => {
  const plain = `vx${vni}-${peer}`;
  if (plain.length <= 15 && /^[\w.-]+$/.test(plain)) return plain;
  return `vx-${createHash("sha256").update(`${vni}/${peer}`).digest("hex").slice(0, 12)}`;
};

/** One line of a diff. */
export const tunnelLine = ({ name, type, options, protected: split }: Tunnel): string => {
  const { local_ip = "-", remote_ip = "-", key = "-", ...others } = options;
  const more = Object.entries(others).map(([option, value]) => ` ${option}=${value}`);
  return `${name}: ${type} ${key} ${local_ip} -> ${remote_ip}${more.join("")}${split ? " protected" : ""}`;
};

/** Whether two tunnels are the same in all respects. */
export const sameTunnel = (one: Tunnel, other: Tunnel): boolean =>
  one.peer === other.peer && one.bridge === other.bridge && tunnelLine(one) === tunnelLine(other);

/** A whole map in one word, so that entries which nobody declared go: options={key="42",...}. */
export const mapWord = (entries: Readonly<Record<string, string>>): string =>
  `{${Object.entries(entries)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(",")}}`;

/**
 * Removes some tunnels and adds or mends others, in one ovs-vsctl transaction.
 * @param first what comes before, in the same transaction
 */
export const transaction = (
  first: readonly Command[],
  removed: readonly Tunnel[],
  wanted: readonly Tunnel[],
): Command =>
  join(
    [
      sh`ovs-vsctl --timeout=60`,
      ...first,
      ...removed.map(({ name, bridge }) => sh`--if-exists del-port ${bridge} ${name}`),
      ...wanted.map(
        ({ name, bridge, peer, type, options, protected: split }) =>
          sh`--may-exist add-port ${bridge} ${name} -- set Port ${name} ${split ? ["protected=true"] : []} ${`external_ids:weft_peer=${JSON.stringify(peer)}`} -- set Interface ${name} ${`type=${type}`} ${`options=${mapWord(options)}`}`,
      ),
    ],
    " -- ",
  );
