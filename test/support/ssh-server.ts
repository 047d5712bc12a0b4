import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A private OpenSSH server, with keys of its own in a directory of its own. */
export interface SshServer {
  readonly port: number;
  /** Holds everything; `home/.ssh` in it is a user's. */
  readonly directory: string;
  readonly home: string;
  /** Private key that is authorized. */
  readonly key: string;
  readonly knownHosts: string;
  readonly process: ChildProcess;
  /** What sshd wrote to its log. */
  log(): string;
  stop(): Promise<void>;
}

export interface SshServerOptions {
  /** Address that it listens on. Default: 127.0.0.1. */
  readonly address?: string;
  /** Types of host keys. Default: ed25519. */
  readonly hostKeys?: readonly ("ed25519" | "ecdsa" | "rsa")[];
  /** Lines for sshd_config(5). */
  readonly config?: readonly string[];
  /** Wraps the shell of each command: the text goes to `ForceCommand`. */
  readonly shell?: string;
  /** Program and arguments that start it, instead of it being started straight. */
  readonly startedBy?: readonly string[];
}

const freePort = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

const listens = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

/** Makes a key pair; returns the private key's file. */
export const generateKey = (file: string, type = "ed25519", passphrase = ""): string => {
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-f", file, "-C", "test"]);
  return file;
};

/** Starts sshd and waits until it listens. It needs root, and the package openssh-server. */
export const startSshServer = async (options: SshServerOptions = {}): Promise<SshServer> => {
  const {
    address = "127.0.0.1",
    hostKeys = ["ed25519"],
    config = [],
    shell,
    startedBy = [],
  } = options;
  const directory = mkdtempSync(join(tmpdir(), "weft-sshd-"));
  const home = join(directory, "home");
  mkdirSync(join(home, ".ssh"), { recursive: true, mode: 0o700 });
  mkdirSync("/run/sshd", { recursive: true });
  const port = await freePort(address);
  const keys = hostKeys.map((type) => generateKey(join(directory, `host_${type}`), type));
  const key = generateKey(join(home, ".ssh", "id_ed25519"));
  const authorized = join(directory, "authorized_keys");
  writeFileSync(authorized, readFileSync(`${key}.pub`), { mode: 0o600 });
  const knownHosts = join(home, ".ssh", "known_hosts");
  const lines = keys.map((file) => {
    const [type, text] = readFileSync(`${file}.pub`, "utf8").split(" ");
    return `[${address}]:${port} ${type} ${text}\n`;
  });
  writeFileSync(knownHosts, lines.join(""), { mode: 0o600 });
  const configFile = join(directory, "sshd_config");
  writeFileSync(
    configFile,
    [
      ...config,
      `Port ${port}`,
      `ListenAddress ${address}`,
      ...keys.map((file) => `HostKey ${file}`),
      `AuthorizedKeysFile ${authorized}`,
      "PermitRootLogin yes",
      "StrictModes no",
      "UsePAM no",
      "PidFile none",
      ...(shell === undefined ? [] : [`ForceCommand ${shell}`]),
      "",
    ].join("\n"),
  );
  const [program = "", ...args] = [...startedBy, "/usr/sbin/sshd", "-D", "-e", "-f", configFile];
  const sshd = spawn(program, args, {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  sshd.stderr.on("data", (bytes) => {
    log += bytes;
  });
  for (let tries = 0; !(await listens(port, address)); tries += 1) {
    if (tries > 100 || sshd.exitCode !== null) throw new Error(`sshd does not listen:\n${log}`);
    await sleep(20);
  }
  return {
    port,
    directory,
    home,
    key,
    knownHosts,
    process: sshd,
    log: () => log,
    stop: async () => {
      const ended = new Promise((resolve) => sshd.once("exit", resolve));
      if (sshd.exitCode === null && sshd.signalCode === null) {
        sshd.kill();
        await ended;
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
