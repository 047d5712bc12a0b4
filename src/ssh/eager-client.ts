import type { Client, ParsedKey, SignCallback } from "ssh2";
import { insideOf } from "./ssh2-inside.ts";

/**
 * Fewer round trips than ssh2 takes to log in, within what the RFCs allow:
 *
 * - Logging in begins together with the request for that service (RFC 4253, section 10), as
 *   dropbear does it, at servers that have sent their extensions (RFC 8308) by then: which
 *   signatures they take is known. Others, older ones among them, are waited for.
 * - A key signs at once, instead of asking first whether it will do (RFC 4252, section 7).
 * - The server's other host keys, which nobody here remembers, are not asked to prove themselves.
 *
 * All this comes after the key exchange, and so after the check of the host's key. ssh2 offers no
 * way to it: like eager-handshake.ts and eager-exec.ts, and no other file, this one reaches into
 * ssh2, and says so where ssh2 is no longer as it was.
 */
interface Protocol {
  readonly _handlers: {
    SERVICE_ACCEPT(protocol: Protocol, service: string): void;
    EXT_INFO(protocol: Protocol, extensions: readonly unknown[]): void;
    GLOBAL_REQUEST(protocol: Protocol, name: string, ...more: readonly unknown[]): void;
  };
  service(name: string): void;
  authPK(user: string, key: ParsedKey, algorithm: string | undefined, sign?: Sign): void;
}

/** Calls back when the data is signed; only then the request is sent. */
type Sign = (data: Buffer, done: (signature: Buffer) => void) => void;

const protocolOf = (client: Client): Protocol =>
  insideOf<Protocol>(
    client,
    ({ _handlers, service, authPK }) => [
      _handlers?.SERVICE_ACCEPT,
      _handlers?.EXT_INFO,
      _handlers?.GLOBAL_REQUEST,
      service,
      authPK,
    ],
    "eager-client.ts",
  );

/** An announcement (PROTOCOL of OpenSSH, section 2.5), which needs no answer. */
const OTHER_HOST_KEYS = "hostkeys-00@openssh.com";

/** The hash of each RSA signature (RFC 8332); other keys have one of their own. */
const HASHES: Readonly<Record<string, "sha1" | "sha256" | "sha512">> = {
  "ssh-rsa": "sha1",
  "rsa-sha2-256": "sha256",
  "rsa-sha2-512": "sha512",
};

/** Signs with a key. Calls back with an error where it is not to, or cannot. */
export type SignAtOnce = (
  key: ParsedKey,
  data: Buffer,
  hash: "sha1" | "sha256" | "sha512" | undefined,
  done: SignCallback,
) => void;

export interface EagerLogin {
  readonly signAtOnce: SignAtOnce;
  /** A login that needs nothing more from here has been sent. */
  onSigned(): void;
}

/** Makes the client log in eagerly. To be called right after its `connect()`. */
export const loginEagerly = (client: Client, { signAtOnce, onSigned }: EagerLogin): void => {
  const protocol = protocolOf(client);
  const { service, authPK } = protocol;
  const handlers = protocol._handlers;
  const { SERVICE_ACCEPT: accept, EXT_INFO: learn, GLOBAL_REQUEST: answer } = handlers;
  let knowsExtensions = false;
  let accepted = false;
  const acceptOnce = (name: string): void => {
    if (!accepted) accept(protocol, name);
    accepted = true;
  };
  handlers.SERVICE_ACCEPT = (_, name) => acceptOnce(name);
  handlers.EXT_INFO = (_, extensions) => {
    knowsExtensions = true;
    learn(protocol, extensions);
  };
  handlers.GLOBAL_REQUEST = (_, name, ...more) => {
    if (name !== OTHER_HOST_KEYS) answer(protocol, name, ...more);
  };
  protocol.service = (name) => {
    service.call(protocol, name);
    // The extensions come in the same packet as the end of the key exchange, and are read after it.
    process.nextTick(() => {
      if (knowsExtensions) acceptOnce(name);
    });
  };
  let isOver = false;
  client.once("close", () => {
    isOver = true;
  });
  protocol.authPK = (user, key, algorithm, sign) => {
    const send = (how?: Sign) => authPK.call(protocol, user, key, algorithm, how);
    if (sign) return send(sign);
    const hash = algorithm === undefined ? undefined : HASHES[algorithm];
    send((data, done) =>
      signAtOnce(key, data, hash, (_error, signature) => {
        // An agent may take as long as its user does.
        if (isOver) return;
        if (signature === undefined) return send();
        done(signature);
        onSigned();
      }),
    );
  };
};
