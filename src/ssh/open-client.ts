import { type Algorithms, Client } from "ssh2";
import { type AlgorithmLists, algorithms } from "./algorithms.ts";
import type { Authentication } from "./authentication.ts";
import { connectError, connectTimeout, type FailedConnect, type Phase } from "./connect-error.ts";
import { loginEagerly } from "./eager-client.ts";
import { exchangeEagerly, isEagerExchange } from "./eager-handshake.ts";
import type { HostKeyCheck } from "./host-key-check.ts";
import type { Line } from "./line.ts";
import type { ServerMemory } from "./server-memory.ts";

/** Everything that opening one connection needs. */
export interface ClientOptions<Begun> {
  /** Address and port, and what is on the way, for messages. */
  readonly where: string;
  readonly user: string;
  readonly hostKeys: HostKeyCheck;
  readonly authentication: Authentication;
  readonly legacyAlgorithms: boolean;
  readonly algorithmLists: AlgorithmLists;
  readonly connectTimeoutMs: number;
  readonly keepaliveMs: number;
  /** Socket of the agent that a channel may be opened for. */
  readonly forwardedAgent: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly servers: ServerMemory | undefined;
  /** Opens the way to the server. Not for its host key or login: those come with this connection. */
  dial(signal: AbortSignal): Promise<Line>;
  /**
   * What is to be opened on the connection first, within the same time.
   *
   * @param early it is asked for together with the login, of a server of OpenSSH's, and nothing was
   *   asked for before
   */
  begin(client: Client, early: boolean): Promise<Begun>;
}

/** An open connection, with what was opened on it. */
export interface OpenClient<Begun> {
  readonly client: Client;
  readonly line: Line;
  readonly begun: Begun;
}

/**
 * Servers that are known to keep what follows a login until it is accepted, as RFC 4252, section
 * 5.1, asks of all. Others may end the connection.
 */
const KEEPS_WHAT_FOLLOWS = /^SSH-2\.0-OpenSSH_/;

/** Unanswered keepalives that a connection survives. */
const KEEPALIVES = 3;

/** A server did not go on from a key that was sent ahead. */
class NotEagerError extends Error {}

/**
 * Dials, does the SSH handshake, logs in and opens the first channel, all within one time limit.
 * The host's key is checked before anything secret is sent.
 *
 * @throws UnreachableError with the reason; the signal's reason when it is aborted
 */
export const openClient = async <Begun>(
  options: ClientOptions<Begun>,
): Promise<OpenClient<Begun>> => {
  const { where, hostKeys, legacyAlgorithms, algorithmLists, servers, signal } = options;
  signal?.throwIfAborted();
  const offered = algorithms(hostKeys.knownKeyTypes(), legacyAlgorithms, algorithmLists);
  const mayBeEager = Array.isArray(offered.kex) && isEagerExchange(offered.kex[0]);
  if (!mayBeEager || !servers?.agrees(where)) return attempt(options, offered, false);
  try {
    return await attempt(options, offered, true);
  } catch (error) {
    if (!(error instanceof NotEagerError)) throw error;
    servers.remember(where, false);
    return attempt(options, offered, false);
  }
};

const attempt = <Begun>(
  options: ClientOptions<Begun>,
  offered: Algorithms,
  isEager: boolean,
): Promise<OpenClient<Begun>> =>
  new Promise((resolve, reject) => {
    const { where, user, hostKeys, authentication, forwardedAgent, signal } = options;
    const dialing = new AbortController();
    let phase: Phase = "line";
    let banner: string | undefined;
    let line: Line | undefined;
    let over = false;
    const client = new Client();

    const state = (): FailedConnect => ({
      where,
      user,
      phase,
      banner,
      authentication: authentication.summary,
      fault: line?.fault(),
      note: line?.note(),
    });
    const settle = (): boolean => {
      const first = !over;
      over = true;
      clearTimeout(deadline);
      signal?.removeEventListener("abort", onAbort);
      return first;
    };
    const fail = (error: unknown): void => {
      if (!settle()) return;
      dialing.abort(error);
      line?.stream.destroy();
      reject(error);
    };
    const onError = (error: Error): void => {
      // ssh2 goes on with the next way to log in.
      if ((error as { level?: string }).level === "agent") return;
      if (hostKeys.refusal !== undefined) fail(hostKeys.refusal);
      else if (isEager && phase === "handshake") fail(new NotEagerError("it failed"));
      else fail(connectError(state(), error));
    };
    const onAbort = (): void => fail(signal?.reason);
    const deadline = setTimeout(
      () => fail(connectTimeout(state(), options.connectTimeoutMs)),
      options.connectTimeoutMs,
    );
    signal?.addEventListener("abort", onAbort);

    client.on("error", onError);
    client.once("close", () => onError(new Error("the server closed the connection")));
    client.on("handshake", ({ kex }) => {
      if (phase !== "handshake") return;
      phase = "authentication";
      options.servers?.remember(where, isEagerExchange(kex));
      try {
        hostKeys.remember();
      } catch (error) {
        fail(error);
      }
    });
    let beginning: Promise<Begun> | undefined;
    const onSigned = (): void => {
      if (!authentication.isLast || !KEEPS_WHAT_FOLLOWS.test(banner ?? "")) return;
      beginning = options.begin(client, true);
      // Where the login is refused, nobody waits for it.
      beginning.catch(() => {});
    };
    client.once("ready", () => {
      phase = "shell";
      beginning ??= options.begin(client, false);
      beginning.then((begun) => {
        if (line && settle()) resolve({ client, line, begun });
      }, onError);
    });
    const start = ({ stream }: Line): void => {
      phase = "banner";
      client.connect({
        sock: stream,
        username: user,
        algorithms: offered,
        hostVerifier: (key: Buffer) => hostKeys.verify(key),
        authHandler: authentication.handler,
        keepaliveInterval: options.keepaliveMs,
        keepaliveCountMax: KEEPALIVES,
        ...(forwardedAgent !== undefined && { agent: forwardedAgent }),
        // The one deadline above covers all.
        readyTimeout: 0,
      });
      if (isEager) {
        exchangeEagerly(client, () => fail(new NotEagerError("it agrees to something else")));
      }
      loginEagerly(client, { signAtOnce: authentication.signAtOnce, onSigned });
      // After connect(), which pauses the stream: a listener must not make it flow before ssh2 listens.
      stream.once("data", (data: Buffer) => {
        const lines = data.toString("latin1", 0, 1000).split(/\r?\n/);
        banner = (lines.find((text) => text.startsWith("SSH-")) ?? lines[0])?.slice(0, 100);
        phase = "handshake";
      });
    };
    options
      .dial(dialing.signal)
      .then((opened) => {
        line = opened;
        if (over) opened.stream.destroy();
        else start(opened);
      }, onError)
      .catch(fail);
  });
