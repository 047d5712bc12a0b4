import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2, {
  type AuthContext,
  type Connection,
  type ServerChannel,
  type ServerConfig,
} from "ssh2";
import { ed25519Key } from "../../scripts/ed25519-key.js";

const { Server, utils } = ssh2;

export interface FakeServer {
  readonly port: number;
  /** A directory with `.ssh/known_hosts` that names the server. */
  readonly home: string;
  readonly knownHosts: string;
  /** What the server got: methods of logging in and commands, in order. */
  readonly heard: readonly string[];
  readonly connections: readonly Connection[];
  readonly sockets: readonly Socket[];
  stop(): void;
}

export interface FakeServerOptions {
  /** Accepts or refuses each way to log in. Default: accepts all. */
  readonly authenticate?: (context: AuthContext) => void;
  /** Answers a command. Default: runs it with the local sh. */
  readonly onExec?: (command: string, channel: ServerChannel, connection: Connection) => void;
  /** So many channels at a time, as MaxSessions in sshd_config(5). */
  readonly maxSessions?: number;
  /** Connects onwards for clients that go through it; `false` refuses. Default: connects. */
  readonly forwards?: boolean;
  readonly hostKeys?: readonly string[];
  readonly algorithms?: ServerConfig["algorithms"];
  /** What it says it is, after `SSH-2.0-`. Default: ssh2's own name. */
  readonly ident?: string;
}

/** Makes a private key; an ed25519 one is encrypted where a passphrase is given. */
export const newKey = (
  type: "ed25519" | "ecdsa" | "rsa" = "ed25519",
  passphrase?: string,
): string => {
  if (type === "rsa") return utils.generateKeyPairSync("rsa", { bits: 2048 }).private;
  if (type === "ecdsa") return utils.generateKeyPairSync("ecdsa", { bits: 256 }).private;
  return ed25519Key(
    passphrase === undefined ? undefined : { passphrase, cipher: "aes256-ctr", rounds: 1 },
  );
};

/** The public key of a private one, as a known_hosts line or authorized_keys has it. */
export const publicLine = (privateKey: string): string => {
  const key = utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
};

/** Runs a command with the local shell on a channel. */
export const runLocally = (command: string, channel: ServerChannel): void => {
  const child = spawn("sh", ["-c", command]);
  channel.pipe(child.stdin);
  child.stdin.on("error", () => {});
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.once("close", (code, signal) => {
    if (signal) channel.exit(signal.replace(/^SIG/, ""));
    else channel.exit(code ?? 0);
    channel.end();
  });
  channel.once("close", () => void child.kill("SIGKILL"));
};

/** An SSH server in this process, for what a real one does not do on request. */
export const startFakeServer = async (options: FakeServerOptions = {}): Promise<FakeServer> => {
  const hostKeys = options.hostKeys ?? [newKey()];
  const home = mkdtempSync(join(tmpdir(), "weft-fake-"));
  mkdirSync(join(home, ".ssh"));
  const heard: string[] = [];
  const connections: Connection[] = [];
  const sockets: Socket[] = [];
  const config: ServerConfig = { hostKeys: [...hostKeys] };
  if (options.algorithms) config.algorithms = options.algorithms;
  if (options.ident !== undefined) config.ident = options.ident;
  const server = new Server(config, (connection) => {
    connections.push(connection);
    connection.on("error", () => {});
    connection.on("authentication", (context) => {
      heard.push(context.method);
      if (options.authenticate) options.authenticate(context);
      else context.accept();
    });
    connection.on("tcpip", (accept, reject, { destIP, destPort }) => {
      heard.push(`forward ${destIP}:${destPort}`);
      if (options.forwards === false) {
        reject();
        return;
      }
      const onward = connect(destPort, destIP);
      onward.once("error", () => reject());
      onward.once("connect", () => {
        const channel = accept();
        channel.on("error", () => {});
        onward.removeAllListeners("error").on("error", () => channel.close());
        channel.pipe(onward).pipe(channel);
        channel.once("close", () => onward.destroy());
      });
    });
    let sessions = 0;
    connection.on("session", (accept, reject) => {
      sessions += 1;
      if (sessions > (options.maxSessions ?? 10)) {
        reject();
        return;
      }
      accept().on("exec", (acceptExec, _reject, { command }) => {
        heard.push(command);
        const channel = acceptExec();
        channel.on("error", () => {});
        if (options.onExec) options.onExec(command, channel, connection);
        else runLocally(command, channel);
      });
    });
  });
  const listener = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    server.injectSocket(socket);
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, "127.0.0.1", () => resolve());
  });
  const { port } = listener.address() as AddressInfo;
  const knownHosts = join(home, ".ssh", "known_hosts");
  const lines = hostKeys.map((key) => `[127.0.0.1]:${port} ${publicLine(key)}\n`);
  writeFileSync(knownHosts, lines.join(""));
  return {
    port,
    home,
    knownHosts,
    heard,
    connections,
    sockets,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      rmSync(home, { recursive: true });
    },
  };
};
