import { generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";
import type { Client } from "ssh2";
import { insideOf } from "./ssh2-inside.ts";

/**
 * The key exchange of RFC 4253, section 7, in one round trip instead of two: the client sends its
 * list of algorithms and its key together, without waiting for the server's list.
 *
 * It may do so because its own list decides: its first key exchange is taken wherever the server
 * has it (section 7.1). So this is for servers that had it the last time. At another one the
 * handshake fails, before either end has said anything, and has to be done again without this.
 *
 * ssh2 offers no way to it; this reaches into it, and says so where it is no longer as it was.
 */
interface Protocol {
  /** Sends the client's identification. */
  start(): void;
  /** Sends the list of algorithms, where it is not on its way. */
  rekey(): void;
  _kexinit: Buffer | undefined;
  _kex: Exchange | undefined;
  readonly _cipher: Cipher;
  readonly _packetRW: {
    readonly write: {
      readonly allocStartKEX: number;
      alloc(size: number, inKex: true): Buffer;
      finalize(packet: Buffer, inKex: true): Buffer;
    };
  };
  _onHeader(...header: readonly unknown[]): void;
}

interface Cipher {
  encrypt(packet: Buffer): void;
}

interface Exchange {
  readonly type: string;
  _keys: KeyPairKeyObjectResult | null;
  start(): void;
}

/** What ssh2 calls a key exchange with Curve25519. */
const CURVE25519 = "25519";
/** Its names in RFC 8731: the same exchange. */
const NAMES: readonly unknown[] = ["curve25519-sha256", "curve25519-sha256@libssh.org"];
/** SSH_MSG_KEX_ECDH_INIT (RFC 5656, section 4). */
const KEX_ECDH_INIT = 30;
const RAW_KEY_BYTES = 32;

/** Whether a key exchange is one that a client can begin with. */
export const isEagerExchange = (name: unknown): boolean => NAMES.includes(name);

const protocolOf = (client: Client): Protocol =>
  insideOf<Protocol>(
    client,
    ({ start, rekey, _onHeader, _cipher, _packetRW }) => [
      start,
      rekey,
      _onHeader,
      _cipher?.encrypt,
      _packetRW?.write.alloc,
    ],
    "eager-handshake.ts",
  );

const sendKey = ({ _packetRW, _cipher }: Protocol, { publicKey }: KeyPairKeyObjectResult): void => {
  // The key itself is what the encoding ends with (RFC 8410, section 4).
  const key = publicKey.export({ type: "spki", format: "der" }).subarray(-RAW_KEY_BYTES);
  const { write } = _packetRW;
  const packet = write.alloc(1 + 4 + key.length, true);
  const at = write.allocStartKEX;
  packet[at] = KEX_ECDH_INIT;
  packet.writeUInt32BE(key.length, at + 1);
  packet.set(key, at + 5);
  _cipher.encrypt(write.finalize(packet, true));
};

/** ssh2 sends its list when it has heard the server's identification: that one goes nowhere. */
const dropOwnList = (protocol: Protocol): void => {
  const { _kexinit: sent, _cipher: cipher } = protocol;
  const { encrypt } = cipher;
  cipher.encrypt = () => {
    cipher.encrypt = encrypt;
    protocol._kexinit = sent;
  };
};

/**
 * Makes the client send its key ahead. To be called right after its `connect()`, with a list of key
 * exchanges that begins with one of {@link isEagerExchange}.
 *
 * @param onOther the server agrees to another key exchange: the handshake will fail
 */
export const exchangeEagerly = (client: Client, onOther: () => void): void => {
  const protocol = protocolOf(client);
  const keys = generateKeyPairSync("x25519");
  const { start, _onHeader: hear } = protocol;
  protocol.start = () => {
    start.call(protocol);
    protocol.rekey();
    sendKey(protocol, keys);
  };
  protocol._onHeader = (...header) => {
    protocol._onHeader = hear;
    hear.call(protocol, ...header);
    dropOwnList(protocol);
  };
  Object.defineProperty(protocol, "_kex", {
    configurable: true,
    enumerable: true,
    get: () => undefined,
    set: (exchange: Exchange) => {
      // Later ones are those of a new exchange on the open connection, and as ssh2 does them.
      Object.defineProperty(protocol, "_kex", {
        configurable: true,
        enumerable: true,
        writable: true,
        value: exchange,
      });
      if (exchange.type !== CURVE25519) return onOther();
      exchange._keys = keys;
      // It was sent.
      exchange.start = () => {};
    },
  });
};
