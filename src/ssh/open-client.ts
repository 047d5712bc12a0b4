import { Client } from "ssh2";
import { type AlgorithmLists, algorithms } from "./algorithms.ts";
import type { Authentication } from "./authentication.ts";
import { connectError, connectTimeout, type FailedConnect, type Phase } from "./connect-error.ts";
import type { HostKeyCheck } from "./host-key-check.ts";
import type { Line } from "./line.ts";

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
  /** Opens the way to the server. Not for its host key or login: those come with this connection. */
  dial(signal: AbortSignal): Promise<Line>;
  /** What is to be opened on the connection first, within the same time. */
  begin(client: Client): Promise<Begun>;
}

/** An open connection, with what was opened on it. */
export interface OpenClient<Begun> {
  readonly client: Client;
  readonly line: Line;
  readonly begun: Begun;
}

/** Unanswered keepalives that a connection survives. */
const KEEPALIVES = 3;

/**
 * Dials, does the SSH handshake, logs in and opens the first channel, all within one time limit.
 * The host's key is checked before anything secret is sent.
 *
 * @throws UnreachableError with the reason; the signal's reason when it is aborted
 */
export const openClient = <Begun>(options: ClientOptions<Begun>): Promise<OpenClient<Begun>> =>
  new Promise((resolve, reject) => {
    const { where, user, hostKeys, authentication, signal } = options;
    signal?.throwIfAborted();
    const { legacyAlgorithms, algorithmLists, forwardedAgent } = options;
    const offered = algorithms(hostKeys.knownKeyTypes(), legacyAlgorithms, algorithmLists);
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
      fail(hostKeys.refusal ?? connectError(state(), error));
    };
    const onAbort = (): void => fail(signal?.reason);
    const deadline = setTimeout(
      () => fail(connectTimeout(state(), options.connectTimeoutMs)),
      options.connectTimeoutMs,
    );
    signal?.addEventListener("abort", onAbort);

    client.on("error", onError);
    client.once("close", () => onError(new Error("the server closed the connection")));
    client.on("handshake", () => {
      if (phase !== "handshake") return;
      phase = "authentication";
      try {
        hostKeys.remember();
      } catch (error) {
        fail(error);
      }
    });
    client.once("ready", () => {
      phase = "shell";
      options.begin(client).then((begun) => {
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
      // After connect(), which pauses the stream: a listener must not make it flow before ssh2 listens.
      stream.once("data", (data: Buffer) => {
        const lines = data.toString("latin1", 0, 1000).split(/\r?\n/);
        banner = (lines.find((text) => text.startsWith("SSH-")) ?? lines[0])?.slice(0, 100);
        phase = "handshake";
      });
    };
    options.dial(dialing.signal).then((opened) => {
      line = opened;
      if (over) opened.stream.destroy();
      else start(opened);
    }, onError);
  });
