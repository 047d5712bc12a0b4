import type { AlgorithmLists } from "./algorithms.ts";
import { ConfigValues } from "./config-values.ts";
import { expandProxyCommand } from "./expand-proxy-command.ts";
import { agentSocketOf, expandHome, type LocalUser } from "./local-user.ts";
import { lastHop } from "./proxy-jump.ts";
import { SetupError } from "./setup-error.ts";
import type { SshConfig } from "./ssh-config.ts";
import { expandTokens, type Tokens, tokensOf } from "./ssh-tokens.ts";
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
  /** Whether a host that takes no agent is an error; `ForwardAgent yes` for all hosts is only an offer. */
  readonly mustForwardAgent: boolean;
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
/** Values of StrictHostKeyChecking; the first ones let no unknown key in. */
const STRICT: readonly string[] = ["yes", "true", "ask"];
const CHECKING = [...STRICT, "accept-new", "no", "off", "false"];
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

/** Where the answers come from, in the order in which they count; then the defaults. */
interface Sources {
  readonly connection: Connection;
  readonly values: ConfigValues;
  readonly tokens: Tokens;
  readonly options: TargetOptions;
}

const routeOf = ({ connection, values, tokens, options }: Sources): Route => {
  const { address, proxyCommand, proxyJump } = connection;
  const isOwn = proxyCommand !== undefined || proxyJump !== undefined;
  const line = isOwn ? undefined : (values.line("proxycommand") ?? values.line("proxyjump"));
  const isCommand = isOwn ? proxyCommand !== undefined : line?.keyword === "proxycommand";
  const text = proxyCommand ?? proxyJump ?? line?.rest;
  const at = line?.at ?? `${address}: ${isCommand ? "proxyCommand" : "proxyJump"}`;
  if (text === undefined || text.toLowerCase() === "none") return { kind: "direct" };
  if (isCommand) return { kind: "command", command: expandProxyCommand(text, tokens, at) };
  return jumpRoute(expandTokens(text, tokens, at), at, options);
};

const agentOf = ({ connection, values, tokens, options }: Sources): string | undefined => {
  if (connection.agent !== undefined) return agentSocketOf(connection, options);
  if (values.flag("pubkeyauthentication") === false) return undefined;
  const isNamed = values.text("identityagent") !== undefined;
  if (!isNamed || values.text("identityagent") === "SSH_AUTH_SOCK")
    return agentSocketOf({}, options);
  return values.paths("identityagent", tokens)?.[0];
};

/** @param agent the one that the connection itself uses */
const forwardedAgentOf = (
  { connection, values, tokens }: Sources,
  agent: string | undefined,
): string | undefined => {
  const { address, forwardAgent } = connection;
  if (forwardAgent === true && agent === undefined) {
    throw new SetupError(`${address}: forwardAgent is set, and there is no agent to forward`, {
      hint: "start one (eval $(ssh-agent)) and add keys to it with ssh-add",
    });
  }
  if (forwardAgent !== undefined) return forwardAgent ? agent : undefined;
  const text = values.text("forwardagent")?.toLowerCase();
  if (text === undefined || /^(?:no|false)$/.test(text)) return undefined;
  return /^(?:yes|true)$/.test(text) ? agent : values.paths("forwardagent", tokens)?.[0];
};

const identityFilesOf = ({
  connection,
  values,
  tokens,
  options,
}: Sources): readonly string[] | undefined => {
  const own = connection.identityFiles;
  if (own) return own.map((file) => expandHome(file, options));
  if (values.flag("pubkeyauthentication") === false) return [];
  return values.paths("identityfile", tokens);
};

const knownHostsOf = ({ connection, values, tokens, options }: Sources): readonly string[] => {
  const files = connection.knownHostsFiles ?? [
    ...(values.paths("userknownhostsfile", tokens) ?? [USER_KNOWN_HOSTS]),
    ...(values.paths("globalknownhostsfile", tokens) ?? [SYSTEM_KNOWN_HOSTS]),
  ];
  return files.map((file) => expandHome(file, options));
};

const acceptsNewKeys = ({ connection, values, options }: Sources): boolean => {
  const checking = values.word("stricthostkeychecking", CHECKING);
  // "no" would also let a changed key pass; weft never does.
  const byConfig = checking !== undefined && !STRICT.includes(checking);
  return connection.acceptNewHostKeys ?? (options.acceptNewHostKeys || byConfig);
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
  const { address: name, passphrase, password, legacyAlgorithms = false } = connection;
  const values = new ConfigValues(config.lookup({ host: name, user: connection.user }), options);
  const line = values.line("hostname");
  const hostName = values.text("hostname");
  const address =
    line && hostName !== undefined ? expandTokens(hostName, { h: name, n: name }, line.at) : name;
  const port = connection.port ?? values.port() ?? DEFAULT_PORT;
  const user = connection.user ?? values.text("user") ?? options.userName;
  const alias = values.text("hostkeyalias");
  const { userName: localUser, home } = options;
  const tokens = tokensOf({ name, address, port, user, alias, localUser, home });
  const sources: Sources = { connection, values, tokens, options };
  const agentSocket = agentOf(sources);
  const family = values.word("addressfamily", ["any", "inet", "inet6"]);
  return {
    address,
    port,
    user,
    family: family && FAMILIES[family],
    route: routeOf(sources),
    hostKeyAlias: alias,
    knownHostsFiles: knownHostsOf(sources),
    acceptNew: acceptsNewKeys(sources),
    identityFiles: identityFilesOf(sources),
    mustHaveIdentities: connection.identityFiles !== undefined,
    identitiesOnly: values.flag("identitiesonly") ?? false,
    agentSocket,
    forwardedAgent: forwardedAgentOf(sources, agentSocket),
    mustForwardAgent: connection.forwardAgent ?? false,
    passphrase,
    password,
    legacyAlgorithms,
    algorithmLists: listsOf(values),
    connectTimeoutMs:
      connection.connectTimeoutMs ??
      // Zero waits for ever in ssh; weft must come to an end.
      (values.milliseconds("connecttimeout") || undefined) ??
      DEFAULT_CONNECT_TIMEOUT_MS,
    keepaliveMs:
      connection.keepaliveMs ?? values.milliseconds("serveraliveinterval") ?? DEFAULT_KEEPALIVE_MS,
  };
};
