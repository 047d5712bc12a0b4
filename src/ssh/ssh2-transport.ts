import { join } from "node:path";
import type { Client, ClientChannel, ExecOptions } from "ssh2";
import { type Become, becomeOf } from "../become.ts";
import { Problem } from "../problem.ts";
import { endpoint } from "./address.ts";
import { Authentication } from "./authentication.ts";
import { execAtOnce, MAX_INPUT_BYTES } from "./eager-exec.ts";
import { HostKeyCheck } from "./host-key-check.ts";
import { labelled } from "./host-lock.ts";
import { IdentityStore } from "./identities.ts";
import { JumpHost } from "./jump-host.ts";
import { JumpHosts, type JumpLease } from "./jump-hosts.ts";
import type { Line } from "./line.ts";
import { type OpenClient, openClient } from "./open-client.ts";
import { type AskPassphrase, openLockedKeys } from "./passphrases.ts";
import { proxyCommandLine } from "./proxy-command.ts";
import type { ServerMemory } from "./server-memory.ts";
import { SetupError } from "./setup-error.ts";
import { ShellOpening } from "./shell-opening.ts";
import { SHELL_COMMAND } from "./shell-script.ts";
import { SshConfig } from "./ssh-config.ts";
import { Ssh2Session } from "./ssh2-session.ts";
import { resolveTarget, type Target, type TargetOptions } from "./target.ts";
import { tcpLine } from "./tcp-line.ts";
import {
  type Connection,
  type ConnectOptions,
  type Greeting,
  type LockRequest,
  type Session,
  type Transport,
  UnreachableError,
} from "./transport.ts";
import { untilAborted } from "./until-aborted.ts";

export interface Ssh2TransportOptions extends TargetOptions {
  /** The user's ssh_config(5) file. Default: `.ssh/config` in the home directory, where it is. */
  readonly configFile?: string | undefined;
  /** Asks the user, once for all hosts, for what opens an encrypted key. Default: nobody is asked. */
  readonly askPassphrase?: AskPassphrase | undefined;
  /** Makes the login of servers that are known one round trip shorter. Default: none is known. */
  readonly servers?: ServerMemory | undefined;
}

/** How to get to a server: what is on the way, and how to go it. */
interface Way {
  /** Address and port, with the jump host on the way. */
  readonly where: string;
  dial(signal: AbortSignal): Promise<Line>;
  /** Gives back what the way was made of. */
  release(lingerMs?: number): Promise<void>;
}

interface Opened<Begun> extends OpenClient<Begun> {
  readonly where: string;
  /** What opened the login, in words. */
  readonly login: string;
  release(): Promise<void>;
}

/** Jump hosts before jump hosts: more of them are a circle, if one whose names grow. */
const LONGEST_CHAIN = 8;
const idOf = ({ user, address, port }: Target): string => [user, address, port].join("\0");

/** Milliseconds that a jump host is kept for the next host when one behind it could not be reached. */
const LINGER_MS = 1_000;

/** @types/ssh2 has this for a whole connection only; ssh2 knows it for a channel too. */
type WithForwarding = ExecOptions & { readonly agentForward: boolean };

const openShell = (
  client: Client,
  command: string,
  agentForward: boolean,
): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    const options: WithForwarding = { agentForward };
    client.exec(command, options, (error, shell) =>
      error ? reject(new Error(`the host opens no shell: ${error.message}`)) : resolve(shell),
    );
  });

/** The greeting, where who logged in asks all of it. */
const ownGreeting = (
  greeting: Greeting | undefined,
  user: string,
): Greeting["steps"] | undefined => {
  const isOther = (become: Become | undefined) => become !== undefined && become.user !== user;
  return greeting?.steps.some(({ become }) => isOther(become)) ? undefined : greeting?.steps;
};

interface ShellRequest {
  readonly target: Target;
  readonly lock: LockRequest | undefined;
  readonly opening: ShellOpening;
  /** Nothing else was asked of the connection before, and its server is one of OpenSSH's. */
  readonly early: boolean;
}

/** Opens the shell that the session runs on, and tells it what it is to be told first where that saves a trip. */
const beginSession = async (
  client: Client,
  { target, lock, opening, early }: ShellRequest,
): Promise<ClientChannel> => {
  const forwards = target.forwardedAgent !== undefined;
  const command = lock === undefined ? SHELL_COMMAND : labelled(SHELL_COMMAND, lock);
  const input = Buffer.from(opening.text);
  try {
    if (!early || forwards || input.length > MAX_INPUT_BYTES) {
      return await openShell(client, command, forwards);
    }
    opening.isSent = true;
    return await execAtOnce(client, command, input);
  } catch (error) {
    if (!forwards || target.mustForwardAgent) throw error;
    return openShell(client, command, false);
  }
};

/** Opens sessions over ssh2. */
class Ssh2Transport implements Transport {
  readonly #options: Ssh2TransportOptions;
  readonly #config: SshConfig;
  readonly #identities: IdentityStore;
  readonly #jumpHosts = new JumpHosts();

  constructor(options: Ssh2TransportOptions) {
    const { configFile = join(options.home, ".ssh", "config") } = options;
    this.#options = options;
    this.#config = new SshConfig(configFile, options);
    this.#identities = new IdentityStore(options);
  }

  /**
   * Settles how all hosts are to be reached, before any connection is made: reads ~/.ssh/config
   * and key files, and asks for what opens encrypted keys.
   *
   * @param source the inventory, for the message
   * @throws Problem that names the host and what is wrong
   */
  async prepare(
    hosts: readonly { readonly name: string; readonly connection: Connection }[],
    source: string,
  ): Promise<void> {
    const checked = <Value>(name: string, check: () => Value): Value => {
      try {
        return check();
      } catch (cause) {
        if (!(cause instanceof SetupError)) throw cause;
        const { message, hint } = cause;
        throw new Problem(`${source}: host ${name}: ${message}`, {
          cause,
          ...(hint !== undefined && { hint }),
        });
      }
    };
    const ssh = hosts.filter(({ connection }) => connection.connection !== "local");
    const targets = ssh.map(({ name, connection }) => ({
      name,
      chain: checked(name, () => this.#chain(connection)),
    }));
    const { askPassphrase } = this.#options;
    if (askPassphrase) {
      await openLockedKeys(
        targets.flatMap(({ chain }) => chain),
        this.#identities,
        askPassphrase,
      );
    }
    for (const { name, chain } of targets) {
      for (const target of chain) checked(name, () => this.#identities.load(target));
    }
  }

  async connect(
    connection: Connection,
    { signal, lock, greeting }: ConnectOptions = {},
  ): Promise<Session> {
    const [target] = this.#chain(connection);
    const { user, connectTimeoutMs, keepaliveMs } = target;
    const opening = new ShellOpening({ lock, greeting: ownGreeting(greeting, user) });
    const begin = (client: Client, early: boolean) =>
      beginSession(client, { target, lock, opening, early });
    const open = await this.#open(target, begin, signal);
    const { where, login } = open;
    return new Ssh2Session(open, {
      where,
      login,
      user,
      become: becomeOf(connection),
      becomePassword: connection.becomePassword,
      connectTimeoutMs,
      keepaliveMs,
      opening,
      greeting,
      signal,
    });
  }

  /** The host itself, then the jump hosts on the way to it, the nearest to it first. */
  #chain(connection: Connection): readonly [Target, ...Target[]] {
    const resolve = (one: Connection) => resolveTarget(one, this.#config, this.#options);
    const chain: [Target, ...Target[]] = [resolve(connection)];
    for (let [last] = chain; last.route.kind === "jump"; ) {
      const next = resolve(last.route.through);
      if (idOf(next) === idOf(last)) {
        // What is said for all hosts is said for their jump host too, which needs none.
        chain[chain.length - 1] = { ...last, route: { kind: "direct" } };
        break;
      }
      const isCircle = chain.some((one) => idOf(one) === idOf(next));
      chain.push(next);
      last = next;
      if (isCircle || chain.length > LONGEST_CHAIN) {
        throw new SetupError(
          `the jump hosts go in a circle: ${chain.map(({ address }) => address).join(", ")}`,
          { hint: 'give one of them ProxyJump none in ~/.ssh/config, or proxyJump: "none"' },
        );
      }
    }
    return chain;
  }

  async #open<Begun>(
    target: Target,
    begin: (client: Client, early: boolean) => Promise<Begun>,
    signal: AbortSignal | undefined,
  ): Promise<Opened<Begun>> {
    signal?.throwIfAborted();
    const { address, port, user, knownHostsFiles: files, acceptNew, hostKeyAlias } = target;
    const authentication = new Authentication({
      user,
      identities: this.#identities.load(target),
      namedIdentities: target.identityFiles !== undefined,
      identitiesOnly: target.identitiesOnly,
      agentSocket: target.agentSocket,
      password: target.password,
    });
    const way = await this.#way(target, signal);
    try {
      const open = await openClient({
        ...target,
        where: way.where,
        hostKeys: new HostKeyCheck({ address, port, files, acceptNew, alias: hostKeyAlias }),
        authentication,
        signal,
        servers: this.#options.servers,
        begin,
        dial: way.dial,
      });
      void open.line.closed.then(() => way.release());
      const login = `${user} with ${authentication.opened}`;
      return { ...open, where: way.where, login, release: way.release };
    } catch (error) {
      void way.release(LINGER_MS);
      throw error;
    }
  }

  async #way(target: Target, signal: AbortSignal | undefined): Promise<Way> {
    const { address, port, route } = target;
    const where = endpoint(address, port);
    const release = async () => {};
    if (route.kind === "command") {
      return { where, dial: async () => proxyCommandLine(route.command), release };
    }
    if (route.kind === "direct") return { where, dial: (abort) => tcpLine(target, abort), release };
    const lease = this.#lease(route.through);
    try {
      const host = await untilAborted(lease.host, signal);
      const through = `${where} (through ${host.name})`;
      return {
        where: through,
        dial: (abort) => host.line(through, address, port, abort),
        release: lease.release,
      };
    } catch (cause) {
      void lease.release(LINGER_MS);
      if (!(cause instanceof UnreachableError)) throw cause;
      const { message, hint } = cause;
      throw new UnreachableError(`${where}: cannot reach its jump host ${message}`, {
        cause,
        ...(hint !== undefined && { hint }),
      });
    }
  }

  #lease(connection: Connection): JumpLease {
    const chain = this.#chain(connection);
    const [target] = chain;
    const key = chain.map((one) =>
      [idOf(one), one.route.kind === "command" ? one.route.command : ""].join("\0"),
    );
    return this.#jumpHosts.lease(key.join("\n"), async (signal) => {
      const open = await this.#open(target, async () => {}, signal);
      return new JumpHost(open.where, open);
    });
  }
}

/** The transport that speaks SSH by itself, without an `ssh` program. */
export const ssh2Transport = (options: Ssh2TransportOptions): Ssh2Transport =>
  new Ssh2Transport(options);
