import { type IdentityCallback, OpenSSHAgent, type ParsedKey } from "ssh2";

/** The user's agent, or the part of it that a connection may use. */
export class UserAgent extends OpenSSHAgent {
  /** How many keys it offered; `undefined` while it has not answered. */
  keys: number | undefined;
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
}

/** The public keys that an agent holds; none where it does not answer. */
export const agentKeys = (socket: string): Promise<readonly Buffer[]> =>
  new Promise((resolve) => {
    new UserAgent(socket).getIdentities((error, keys) =>
      resolve(error || !keys ? [] : (keys as ParsedKey[]).map((key) => key.getPublicSSH())),
    );
  });
