import {
  type IdentityCallback,
  OpenSSHAgent,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from "ssh2";

/** The user's agent, or the part of it that a connection may use. */
export class UserAgent extends OpenSSHAgent {
  /** How many keys it offered; `undefined` while it has not answered. */
  keys: number | undefined;
  /** The key that it last signed with; where a login followed, the one that opened it. */
  signedWith: ParsedKey | undefined;
  readonly #only: readonly Buffer[] | undefined;

  /** @param only public keys, as they travel on the wire; default: all that it has */
  constructor(socket: string, only?: readonly Buffer[]) {
    super(socket);
    this.#only = only;
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    super.getIdentities((error, keys) => {
      const only = this.#only;
      const chosen = (keys as readonly ParsedKey[] | undefined)?.filter(
        (key) => !only || only.some((one) => one.equals(key.getPublicSSH())),
      );
      this.keys = chosen?.length;
      done(error, chosen && [...chosen]);
    });
  }

  override sign(
    key: ParsedKey | Buffer | string,
    data: Buffer,
    options?: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): boolean {
    if (typeof key === "object" && "type" in key) this.signedWith = key;
    return typeof options === "function"
      ? super.sign(key, data, options)
      : super.sign(key, data, options ?? {}, done);
  }
}

/** A key as ssh-add(1) lists it, without its digest. */
export const keyName = ({ type, comment }: ParsedKey): string => `${type} ${comment}`.trim();

/** A key that an agent holds. */
export interface AgentKey {
  /** Type and comment. */
  readonly name: string;
  /** As it travels on the wire (RFC 4253, section 6.6). */
  readonly publicKey: Buffer;
}

/** @throws the system's error where the agent does not answer */
export const listAgent = (socket: string): Promise<readonly AgentKey[]> =>
  new Promise((resolve, reject) => {
    new UserAgent(socket).getIdentities((error, keys) => {
      if (error) return reject(error);
      const parsed = (keys ?? []) as readonly ParsedKey[];
      resolve(parsed.map((key) => ({ name: keyName(key), publicKey: key.getPublicSSH() })));
    });
  });

/** The public keys that an agent holds; none where it does not answer. */
export const agentKeys = (socket: string): Promise<readonly Buffer[]> =>
  listAgent(socket).then(
    (keys) => keys.map(({ publicKey }) => publicKey),
    () => [],
  );
