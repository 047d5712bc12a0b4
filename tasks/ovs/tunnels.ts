import { createHash } from "node:crypto";
import { type Command, join, sh } from "weft";

/** A tunnel port as the database holds it. */
export interface Tunnel {
  readonly name: string;
  /** The host at the other end; "" for a port that weft did not make. */
  readonly peer: string;
  /** Never forwards to other protected ports. */
  readonly protected: boolean;
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
}

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
  one.peer === other.peer && tunnelLine(one) === tunnelLine(other);

// A whole map in one word, so that options which nobody declared go: options={key="42",...}.
const mapWord = (entries: Readonly<Record<string, string>>): string =>
  `{${Object.entries(entries)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(",")}}`;

/** Adds or mends some tunnels and removes others, in one ovs-vsctl transaction. */
export const transaction = (
  bridge: string,
  wanted: readonly Tunnel[],
  stray: readonly Tunnel[],
): Command =>
  join(
    [
      sh`ovs-vsctl --timeout=60`,
      ...stray.map(({ name }) => sh`--if-exists del-port ${bridge} ${name}`),
      ...wanted.map(
        ({ name, peer, type, options }) =>
          sh`--may-exist add-port ${bridge} ${name} -- set Port ${name} protected=true ${`external_ids:weft_peer=${JSON.stringify(peer)}`} -- set Interface ${name} ${`type=${type}`} ${`options=${mapWord(options)}`}`,
      ),
    ],
    " -- ",
  );
