import { type KnownHostsLine, keyTypeOf } from "./known-hosts-line.ts";

/** What the known_hosts files say of the key that a server shows. */
export type HostKeyVerdict =
  | { readonly kind: "known" }
  | { readonly kind: "unknown" }
  /** The host has another key of this type there. */
  | { readonly kind: "changed"; readonly lines: readonly KnownHostsLine[] }
  /** The host has keys of other types there, and shows none of them. */
  | { readonly kind: "other-type"; readonly lines: readonly KnownHostsLine[] }
  | { readonly kind: "revoked"; readonly lines: readonly KnownHostsLine[] }
  /** Only a certificate authority speaks for this host. */
  | { readonly kind: "certificate-authority"; readonly lines: readonly KnownHostsLine[] };

const DEFAULT_PORT = 22;

/** The name that a host has in known_hosts: bare for port 22, `[host]:port` for another one. */
export const knownHostName = (address: string, port: number): string =>
  port === DEFAULT_PORT ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`;

const keysOf = (lines: readonly KnownHostsLine[], name: string): readonly KnownHostsLine[] =>
  lines.filter((line) => line.marker === undefined && line.matches(name));

/** The types of the keys that are known for a host, for the order of what is offered to it. */
export const knownKeyTypes = (
  lines: readonly KnownHostsLine[],
  address: string,
  port: number,
): ReadonlySet<string> => {
  const own = keysOf(lines, knownHostName(address, port));
  const keys = own.length > 0 ? own : keysOf(lines, address.toLowerCase());
  return new Set(keys.map((line) => line.keyType));
};

/**
 * Judges the key that a server shows.
 *
 * A key that is known for the bare name is also good on another port, as OpenSSH has it. Stricter
 * than OpenSSH in one point: a host of which only keys of other types are known is not "new", or
 * whoever sits in between would only have to show another type of key.
 *
 * @param key the public key as it travels on the wire
 */
export const judgeHostKey = (
  lines: readonly KnownHostsLine[],
  address: string,
  port: number,
  key: Buffer,
): HostKeyVerdict => {
  const name = knownHostName(address, port);
  const bare = address.toLowerCase();
  const ofHost = lines.filter((line) => line.matches(name));
  const same = (line: KnownHostsLine) => line.key.equals(key);

  const revoked = lines.filter(
    (line) => line.marker === "revoked" && same(line) && (line.matches(name) || line.matches(bare)),
  );
  if (revoked.length > 0) return { kind: "revoked", lines: revoked };
  const known = keysOf(lines, name);
  if (known.some(same)) return { kind: "known" };
  const sameType = known.filter((line) => line.keyType === keyTypeOf(key));
  if (sameType.length > 0) return { kind: "changed", lines: sameType };
  if (known.length > 0) return { kind: "other-type", lines: known };
  if (keysOf(lines, bare).some(same)) return { kind: "known" };
  const authorities = ofHost.filter((line) => line.marker === "cert-authority");
  if (authorities.length > 0) return { kind: "certificate-authority", lines: authorities };
  return { kind: "unknown" };
};
