import type { AlgorithmLists } from "./algorithms.ts";
import { ConfigValues } from "./config-values.ts";
import { expandProxyCommand } from "./expand-proxy-command.ts";
import { agentSocketOf, expandHome, type LocalUser } from "./local-user.ts";
import { lastHop } from "./proxy-jump.ts";
import { SetupError } from "./setup-error.ts";
import type { SshConfig } from "./ssh-config.ts";
import { expandTokens, tokensOf } from "./ssh-tokens.ts";
import type { Connection } from "./transport.ts";

/** The way to a server. */
export type Route =
  | { readonly kind: "direct" }
  | { readonly kind: "jump"; readonly through: Connection }
  /** A command for sh, with nothing left to replace. */
  | { readonly kind: "command"; readonly command: string };

/** Everything that is known of a connection before it is made. */
export interface Target {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** IP version, 4 or 6; `undefined` takes what the name has. */
  readonly family: 4 | 6 | undefined;
  readonly route: Route;
  /** Name of the host in known_hosts, where it is another one than the address. */
  readonly hostKeyAlias: string | undefined;
  readonly knownHostsFiles: readonly string[];
  readonly acceptNew: boolean;
  /** `undefined`: the default ones. */
  readonly identityFiles: readonly string[] | undefined;
  /** Whether a named file that cannot be used is an error; ssh_config(5) may well name some that are not there. */
  readonly mustHaveIdentities: boolean;
  /** Of the agent's keys only those that the files name. */
  readonly identitiesOnly: boolean;
  readonly agentSocket: string | undefined;
  /** Agent that the host may use. */
  readonly forwardedAgent: string | undefined;
  readonly passphrase: Connection["passphrase"];
  readonly password: Connection["password"];
  readonly legacyAlgorithms: boolean;
  readonly algorithmLists: AlgorithmLists;
  readonly connectTimeoutMs: number;
  readonly keepaliveMs: number;
}

export interface TargetOptions extends LocalUser {
  /** For connections that do not say it themselves; wins over ssh_config(5). Default: false. */
  readonly acceptNewHostKeys?: boolean | undefined;
  /** The connection of a host of the inventory, which a jump host may be. */
  readonly hostNamed?: ((name: string) => Connection | undefined) | undefined;
}

const DEFAULT_PORT = 22;
const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_KEEPALIVE_MS = 5_000;
const USER_KNOWN_HOSTS = "~/.ssh/known_hosts";
const SYSTEM_KNOWN_HOSTS = "/etc/ssh/ssh_known_hosts";
const FAMILIES = { any: undefined, inet: 4, inet6: 6 } as const;

const listsOf = (values: ConfigValues): AlgorithmLists => {
  const list = (keyword: string) => {
    const text = values.text(keyword);
    return text === undefined ? undefined : { text, at: values.line(keyword)?.at ?? keyword };
  };
  return {
    kex: list("kexalgorithms"),
    serverHostKey: list("hostkeyalgorithms"),
    cipher: list("ciphers"),
    hmac: list("macs"),
  };
};

/** The last of the jump hosts, as a connection that itself goes through those before it. */
const jumpRoute = (list: string, at: string, { hostNamed }: TargetOptions): Route => {
  const { host, user, port, through } = lastHop(list, at);
  const known = hostNamed?.(host);
  if (known?.connection === "local") {
    throw new SetupError(`${at}: ${host} is this machine, and no jump host`);
  }
  return {
    kind: "jump",
    through: {
      ...(known ?? { address: host }),
      ...(user !== undefined && { user }),
      ...(port !== undefined && { port }),
      ...(through !== undefined && { proxyJump: through }),
    },
  };
};

/**
 * Settles how a host is reached: what its connection says counts before ~/.ssh/config, and that
 * before the defaults.
 *
 * @throws SetupError for what cannot be understood or honoured
 */
export const resolveTarget = (
  connection: Connection,
  config: SshConfig,
  options: TargetOptions,
): Target => {
  const { address: name } = connection;
  const values = new ConfigValues(config.lookup({ host: name, user: connection.user }), options);
  const hostLine = values.line("hostname");
  const address = hostLine
    ? expandTokens(values.text("hostname") ?? name, { h: name, n: name }, hostLine.at)
    : name;
  const port = connection.port ?? values.port() ?? DEFAULT_PORT;
  const user = connection.user ?? values.text("user") ?? options.userName;
  const alias = values.text("hostkeyalias");
  const { userName: localUser, home } = options;
  const tokens = tokensOf({ name, address, port, user, alias, localUser, home });

  const route = (): Route => {
    const own = connection.proxyCommand ?? connection.proxyJump;
    const line =
      own === undefined ? (values.line("proxycommand") ?? values.line("proxyjump")) : undefined;
    const isCommand =
      own === undefined ? line?.keyword === "proxycommand" : connection.proxyCommand !== undefined;
    const text = own ?? line?.rest;
    const at = line?.at ?? `${name}: ${isCommand ? "proxyCommand" : "proxyJump"}`;
    if (text === undefined || text.toLowerCase() === "none") return { kind: "direct" };
    if (isCommand) return { kind: "command", command: expandProxyCommand(text, tokens, at) };
    return jumpRoute(expandTokens(text, tokens, at), at, options);
  };
  const agent = (): string | undefined => {
    if (connection.agent !== undefined) return agentSocketOf(connection, options);
    if (values.flag("pubkeyauthentication") === false) return undefined;
    if (values.text("identityagent") === "SSH_AUTH_SOCK") return agentSocketOf({}, options);
    const socket = values.paths("identityagent", tokens);
    return socket === undefined ? agentSocketOf({}, options) : socket[0];
  };
  const forwarded = (socket: string | undefined): string | undefined => {
    if (connection.forwardAgent === false) return undefined;
    if (connection.forwardAgent === true) {
      if (socket !== undefined) return socket;
      throw new SetupError(`${name}: forwardAgent is set, and there is no agent to forward`, {
        hint: "start one (eval $(ssh-agent)) and add keys to it with ssh-add",
      });
    }
    const text = values.text("forwardagent")?.toLowerCase();
    if (text === undefined || /^(?:no|false)$/.test(text)) return undefined;
    if (/^(?:yes|true)$/.test(text)) return socket;
    return values.paths("forwardagent", tokens)?.[0];
  };
  const identityFiles = (): readonly string[] | undefined => {
    if (connection.identityFiles) {
      return connection.identityFiles.map((file) => expandHome(file, options));
    }
    if (values.flag("pubkeyauthentication") === false) return [];
    return values.paths("identityfile", tokens);
  };
  const knownHosts =
    connection.knownHostsFiles?.map((file) => expandHome(file, options)) ??
    [
      ...(values.paths("userknownhostsfile", tokens) ?? [USER_KNOWN_HOSTS]),
      ...(values.paths("globalknownhostsfile", tokens) ?? [SYSTEM_KNOWN_HOSTS]),
    ].map((file) => expandHome(file, options));
  // "no" would also let a changed key pass; weft never does.
  const checking = values.word("stricthostkeychecking", [
    ...["yes", "true", "ask", "accept-new", "no", "off", "false"],
  ]);
  const acceptNew =
    connection.acceptNewHostKeys ??
    (options.acceptNewHostKeys || /^(?:accept-new|no|off|false)$/.test(checking ?? ""));
  const agentSocket = agent();
  const family = values.word("addressfamily", ["any", "inet", "inet6"] as const);
  return {
    address,
    port,
    user,
    family: family && FAMILIES[family],
    route: route(),
    hostKeyAlias: alias,
    knownHostsFiles: knownHosts,
    acceptNew,
    identityFiles: identityFiles(),
    mustHaveIdentities: connection.identityFiles !== undefined,
    identitiesOnly: values.flag("identitiesonly") ?? false,
    agentSocket,
    forwardedAgent: forwarded(agentSocket),
    passphrase: connection.passphrase,
    password: connection.password,
    legacyAlgorithms: connection.legacyAlgorithms ?? false,
    algorithmLists: listsOf(values),
    connectTimeoutMs:
      connection.connectTimeoutMs ??
      values.milliseconds("connecttimeout") ??
      DEFAULT_CONNECT_TIMEOUT_MS,
    keepaliveMs:
      connection.keepaliveMs ?? values.milliseconds("serveraliveinterval") ?? DEFAULT_KEEPALIVE_MS,
  };
};
