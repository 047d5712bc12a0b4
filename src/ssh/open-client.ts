import { connect as openSocket, type Socket } from "node:net";
import { Client, type ClientChannel } from "ssh2";
import { algorithms } from "./algorithms.ts";
import type { Authentication } from "./authentication.ts";
import { connectError, connectTimeout, type FailedConnect, type Phase } from "./connect-error.ts";
import type { HostKeyCheck } from "./host-key-check.ts";

/** Everything that opening one connection needs. */
export interface ClientOptions {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeys: HostKeyCheck;
  readonly authentication: Authentication;
  readonly legacyAlgorithms: boolean;
  readonly connectTimeoutMs: number;
  readonly keepaliveMs: number;
  /** Command of the channel that is opened last. */
  readonly shellCommand: string;
  readonly signal: AbortSignal | undefined;
}

/** An open connection with a shell's channel on it. */
export interface OpenClient {
  readonly client: Client;
  readonly socket: Socket;
  readonly shell: ClientChannel;
}

/** Unanswered keepalives that a connection survives. */
const KEEPALIVES = 3;

/** Node tries the next address of a name after 250 ms, which is less than a far host's round trip. */
const NEXT_ADDRESS_AFTER_MS = 2_000;

/**
 * Opens a TCP connection, does the SSH handshake, logs in and opens the shell's channel, all
 * within one time limit. The host's key is checked before anything secret is sent.
 *
 * @throws UnreachableError with the reason; the signal's reason when it is aborted
 */
export const openClient = (options: ClientOptions): Promise<OpenClient> =>
  new Promise((resolve, reject) => {
    const { address, port, user, hostKeys, authentication, signal } = options;
    signal?.throwIfAborted();
    const serverHostKeys = algorithms(hostKeys.knownKeyTypes(), options.legacyAlgorithms);
    let phase: Phase = "tcp";
    let banner: string | undefined;
    let over = false;
    const client = new Client();
    // A socket of our own: ssh2 leaves Nagle on, and hides which step of connecting failed.
    const socket = openSocket({
      host: address,
      port,
      noDelay: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
    });

    const state = (): FailedConnect => ({
      address,
      port,
      user,
      phase,
      banner,
      authentication: authentication.summary,
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
      socket.destroy();
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

    socket.once("error", (error) => {
      if (phase === "tcp") onError(error);
    });
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
      client.exec(options.shellCommand, (error, shell) => {
        if (error) onError(new Error(`the host opens no shell: ${error.message}`));
        else if (settle()) resolve({ client, socket, shell });
      });
    });
    socket.once("connect", () => {
      if (over) return;
      phase = "banner";
      client.connect({
        sock: socket,
        username: user,
        algorithms: serverHostKeys,
        hostVerifier: (key: Buffer) => hostKeys.verify(key),
        authHandler: authentication.handler,
        keepaliveInterval: options.keepaliveMs,
        keepaliveCountMax: KEEPALIVES,
        // The one deadline above covers all.
        readyTimeout: 0,
      });
      // After connect(), which pauses the socket: a listener must not make it flow before ssh2 listens.
      socket.once("data", (data: Buffer) => {
        const lines = data.toString("latin1", 0, 1000).split(/\r?\n/);
        banner = (lines.find((line) => line.startsWith("SSH-")) ?? lines[0])?.slice(0, 100);
        phase = "handshake";
      });
    });
  });
