import type {
  Algorithms,
  CipherAlgorithm,
  KexAlgorithm,
  MacAlgorithm,
  ServerHostKeyAlgorithm,
} from "ssh2";
import { type AlgorithmList, chosenAlgorithms } from "./algorithm-list.ts";

// Curve25519 and AES-GCM come first: the fastest of both in Node's OpenSSL, and every OpenSSH since 6.5 has them.
const KEX: readonly KexAlgorithm[] = [
  "curve25519-sha256",
  "curve25519-sha256@libssh.org",
  "ecdh-sha2-nistp256",
  "ecdh-sha2-nistp384",
  "ecdh-sha2-nistp521",
  "diffie-hellman-group-exchange-sha256",
  "diffie-hellman-group14-sha256",
  "diffie-hellman-group16-sha512",
  "diffie-hellman-group18-sha512",
];

const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

const CIPHERS: readonly CipherAlgorithm[] = [
  "aes128-gcm@openssh.com",
  "aes256-gcm@openssh.com",
  "aes128-ctr",
  "aes192-ctr",
  "aes256-ctr",
];

const MACS: readonly MacAlgorithm[] = [
  "hmac-sha2-256-etm@openssh.com",
  "hmac-sha2-512-etm@openssh.com",
  "hmac-sha2-256",
  "hmac-sha2-512",
];

/** The key type of a host key signed with this algorithm: RSA has one type of key and several signatures (RFC 8332). */
const keyType = (algorithm: ServerHostKeyAlgorithm): string =>
  algorithm.startsWith("rsa-sha2-") ? "ssh-rsa" : algorithm;

/** What `legacyAlgorithms` adds: what OpenSSH 5.3 had. */
const LEGACY = {
  kex: ["diffie-hellman-group14-sha1"],
  serverHostKey: ["ssh-rsa"],
  cipher: ["aes128-cbc"],
  hmac: ["hmac-sha1"],
} as const;

/** Lists of the user's ssh_config(5), where it has them. */
export interface AlgorithmLists {
  readonly kex?: AlgorithmList | undefined;
  readonly serverHostKey?: AlgorithmList | undefined;
  readonly cipher?: AlgorithmList | undefined;
  readonly hmac?: AlgorithmList | undefined;
}

/**
 * What is offered to the server.
 *
 * The types of the host's known keys go first, as OpenSSH's order_hostkeyalgs() does: a server
 * with several keys then shows the one that can be checked, instead of one that looks changed.
 * A list that the user wrote keeps its order.
 *
 * @param knownKeyTypes key types (`ssh-ed25519`, `ssh-rsa`) of the keys that known_hosts has for the host
 * @throws SetupError for a list of which nothing is known
 */
export const algorithms = (
  knownKeyTypes: ReadonlySet<string>,
  legacy: boolean,
  lists: AlgorithmLists = {},
): Algorithms => {
  const choose = <Name extends string>(
    list: AlgorithmList | undefined,
    modern: readonly Name[],
    old: readonly Name[],
  ): Name[] => {
    const defaults = legacy ? [...modern, ...old] : modern;
    return [...(list ? chosenAlgorithms(list, defaults, [...modern, ...old]) : defaults)];
  };
  const known = (algorithm: ServerHostKeyAlgorithm) => knownKeyTypes.has(keyType(algorithm));
  const hostKeys = choose<ServerHostKeyAlgorithm>(
    lists.serverHostKey,
    HOST_KEYS,
    LEGACY.serverHostKey,
  );
  return {
    kex: choose<KexAlgorithm>(lists.kex, KEX, LEGACY.kex),
    serverHostKey: lists.serverHostKey
      ? hostKeys
      : [...hostKeys.filter(known), ...hostKeys.filter((one) => !known(one))],
    cipher: choose<CipherAlgorithm>(lists.cipher, CIPHERS, LEGACY.cipher),
    hmac: choose<MacAlgorithm>(lists.hmac, MACS, LEGACY.hmac),
    compress: ["none"],
  };
};
