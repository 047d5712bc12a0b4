import { createHmac, timingSafeEqual } from "node:crypto";
import { wildcard } from "./wildcard.ts";

/** One usable line of a known_hosts file. */
export interface KnownHostsLine {
  /** `@revoked` and `@cert-authority` lines say something else than "this is the host's key". */
  readonly marker: "revoked" | "cert-authority" | undefined;
  /** Whether the line speaks of this name: `example.org`, or `[example.org]:2222` for another port than 22. */
  matches(name: string): boolean;
  /** `ssh-ed25519`, `ssh-rsa`, ... */
  readonly keyType: string;
  /** The public key as it travels on the wire (RFC 4253, section 6.6). */
  readonly key: Buffer;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** The type name that a public key begins with; `undefined` where the bytes are no key. */
export const keyTypeOf = (key: Buffer): string | undefined => {
  if (key.length < 4) return undefined;
  const length = key.readUInt32BE(0);
  return length > 0 && length <= key.length - 4 ? key.toString("latin1", 4, 4 + length) : undefined;
};

const patternMatcher = (hosts: string): ((name: string) => boolean) => {
  const patterns = hosts.split(",").filter((pattern) => pattern !== "");
  const wanted = patterns
    .filter((pattern) => !pattern.startsWith("!"))
    .map((pattern) => wildcard(pattern, "i"));
  const unwanted = patterns
    .filter((pattern) => pattern.startsWith("!"))
    .map((pattern) => wildcard(pattern.slice(1), "i"));
  return (name) =>
    !unwanted.some((pattern) => pattern.test(name)) && wanted.some((pattern) => pattern.test(name));
};

/** `|1|salt|hash`: HMAC-SHA1 of the name with the salt as its key, so that a stolen file names no hosts. */
const hashMatcher = (hosts: string): ((name: string) => boolean) | undefined => {
  const [, version, salt, hash, more] = hosts.split("|");
  if (version !== "1" || !salt || !hash || more !== undefined) return undefined;
  const expected = Buffer.from(hash, "base64");
  return (name) => {
    const actual = createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest();
    return actual.length === expected.length && timingSafeEqual(actual, expected);
  };
};

const parseLine = (text: string, file: string, line: number): KnownHostsLine | undefined => {
  const fields = text.trim().split(/[ \t]+/);
  const first = fields[0] ?? "";
  if (first === "" || first.startsWith("#")) return undefined;
  const marked = first.startsWith("@");
  if (marked && first !== "@revoked" && first !== "@cert-authority") return undefined;
  const [hosts, keyType, base64] = marked ? fields.slice(1) : fields;
  if (!hosts || !keyType || !base64) return undefined;
  const key = Buffer.from(base64, "base64");
  // Also drops the lines of protocol 1, which hold numbers here.
  if (keyTypeOf(key) !== keyType) return undefined;
  const matches = hosts.startsWith("|") ? hashMatcher(hosts) : patternMatcher(hosts);
  if (!matches) return undefined;
  const marker = first === "@revoked" ? "revoked" : marked ? "cert-authority" : undefined;
  return { marker, matches, keyType, key, file, line };
};

/**
 * Reads the text of a known_hosts file: plain and hashed names, `[host]:port`, patterns with `*`,
 * `?` and `!`, markers. Comments and lines that cannot be understood are left out, as OpenSSH does.
 * Source: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT.
 *
 * @param file goes into the lines, for messages
 */
export const parseKnownHosts = (text: string, file: string): readonly KnownHostsLine[] =>
  text.split("\n").flatMap((line, index) => parseLine(line, file, index + 1) ?? []);
