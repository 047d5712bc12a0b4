import { Problem } from "../problem.ts";
import { endpoint } from "./address.ts";
import { Authentication } from "./authentication.ts";
import { HostKeyCheck } from "./host-key-check.ts";
import { IdentityError, IdentityStore } from "./identities.ts";
import { agentSocketOf, expandHome, type LocalUser } from "./local-user.ts";
import { openClient } from "./open-client.ts";
import { SHELL_COMMAND } from "./shell-script.ts";
import { Ssh2Session } from "./ssh2-session.ts";
import type { Connection, Session, Transport } from "./transport.ts";

export interface Ssh2TransportOptions extends LocalUser {
  /** For connections that do not say it themselves. Default: false. */
  readonly acceptNewHostKeys?: boolean | undefined;
}

const DEFAULT_PORT = 22;
const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_KEEPALIVE_MS = 5_000;
const SYSTEM_KNOWN_HOSTS = "/etc/ssh/ssh_known_hosts";

/** Opens sessions over ssh2. */
class Ssh2Transport implements Transport {
  readonly #options: Ssh2TransportOptions;
  readonly #identities: IdentityStore;

  constructor(options: Ssh2TransportOptions) {
    this.#options = options;
    this.#identities = new IdentityStore(options);
  }

  /**
   * Reads the key files of all hosts, before any connection is made.
   *
   * @param source the inventory, for the message
   * @throws Problem that names the host and the file when one cannot be used
   */
  checkIdentities(
    hosts: readonly { readonly name: string; readonly connection: Connection }[],
    source: string,
  ): void {
    for (const { name, connection } of hosts) {
      try {
        this.#identities.load(connection);
      } catch (cause) {
        if (!(cause instanceof IdentityError)) throw cause;
        const { message, hint } = cause;
        throw new Problem(`${source}: host ${name}: ${message}`, {
          cause,
          ...(hint !== undefined && { hint }),
        });
      }
    }
  }

  async connect(
    connection: Connection,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Session> {
    const { address, port = DEFAULT_PORT, user = this.#options.userName } = connection;
    const { connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS } = connection;
    const { keepaliveMs = DEFAULT_KEEPALIVE_MS, legacyAlgorithms = false } = connection;
    const knownHosts = connection.knownHostsFiles ?? ["~/.ssh/known_hosts", SYSTEM_KNOWN_HOSTS];
    const open = await openClient({
      address,
      port,
      user,
      hostKeys: new HostKeyCheck({
        address,
        port,
        files: knownHosts.map((file) => expandHome(file, this.#options)),
        acceptNew: connection.acceptNewHostKeys ?? this.#options.acceptNewHostKeys ?? false,
      }),
      authentication: new Authentication({
        user,
        identities: this.#identities.load(connection),
        namedIdentities: connection.identityFiles !== undefined,
        agentSocket: agentSocketOf(connection, this.#options),
        password: connection.password,
      }),
      legacyAlgorithms,
      connectTimeoutMs,
      keepaliveMs,
      shellCommand: SHELL_COMMAND,
      signal,
    });
    return new Ssh2Session(open, { where: endpoint(address, port), connectTimeoutMs, keepaliveMs });
  }
}

/** The transport that speaks SSH by itself, without an `ssh` program. */
export const ssh2Transport = (options: Ssh2TransportOptions): Ssh2Transport =>
  new Ssh2Transport(options);
