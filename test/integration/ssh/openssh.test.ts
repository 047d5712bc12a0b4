import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Command, sh } from "../../../src/shell/command.ts";
import { secret } from "../../../src/shell/secret.ts";
import type { ServerMemory } from "../../../src/ssh/server-memory.ts";
import { ssh2Transport } from "../../../src/ssh/ssh2-transport.ts";
import {
  CommandTimeoutError,
  type Connection,
  type Session,
  type Step,
  UnreachableError,
} from "../../../src/ssh/transport.ts";
import { startFarRelay } from "../../support/far-relay.ts";
import { processesWith, uniqueSeconds } from "../../support/ssh-local-shell.ts";
import { generateKey, type SshServer, startSshServer } from "../../support/ssh-server.ts";

const step = (command: Command, timeoutMs = 30_000): Step => ({ command, timeoutMs });

let server: SshServer;
beforeAll(async () => {
  server = await startSshServer({ hostKeys: ["rsa", "ecdsa", "ed25519"] });
});
afterAll(() => server.stop());

const connect = (connection: Partial<Connection> = {}, home = server.home): Promise<Session> =>
  ssh2Transport({ home, userName: "root" }).connect({
    address: "127.0.0.1",
    port: server.port,
    ...connection,
  });

/** Runs a test on a session of its own. */
const onSession = (body: (session: Session) => Promise<void>) => async () => {
  const session = await connect();
  try {
    await body(session);
  } finally {
    await session.close();
  }
};

/** What is remembered of servers, as a set of those that agree. */
const memoryOf = (agreeing: Set<string>): ServerMemory => ({
  agrees: (where) => agreeing.has(where),
  remember: (where, agrees) => void (agrees ? agreeing.add(where) : agreeing.delete(where)),
});

describe.for(["ed25519", "ecdsa", "rsa"])("with a key of type %s", (type) => {
  test("a host answers what it is greeted with in three round trips after TCP's own, a known one in two, and the goodbye takes none", async () => {
    const key = generateKey(join(server.directory, `far_${type}`), type);
    appendFileSync(join(server.directory, "authorized_keys"), readFileSync(`${key}.pub`));
    const relay = await startFarRelay(server.port);
    const servers = memoryOf(new Set());
    const roundTrips = async (): Promise<number> => {
      const session = await ssh2Transport({ home: server.home, userName: "root", servers }).connect(
        {
          address: "127.0.0.1",
          port: relay.port,
          identityFiles: [key],
          agent: false,
          knownHostsFiles: [join(server.directory, "far_known_hosts")],
          acceptNewHostKeys: true,
        },
        { greeting: { steps: [step(sh`echo there`)] } },
      );
      const [result] = (await session.greeting) ?? [];
      await session.close();
      expect(result?.stdout).toBe("there\n");
      return relay.roundTrips();
    };
    try {
      // What can be done; the keys; login, channel, shell and script.
      expect(await roundTrips()).toBe(3);
      // What can be done and the keys; the rest.
      expect(await roundTrips()).toBe(2);
    } finally {
      relay.stop();
    }
  });
});

describe("a server that is remembered to agree", () => {
  const reach = async (config: readonly string[], extra: Partial<Connection> = {}) => {
    const other = await startSshServer({ config });
    const agreeing = new Set([`127.0.0.1:${other.port}`]);
    const transport = ssh2Transport({
      home: other.home,
      userName: "root",
      servers: memoryOf(agreeing),
    });
    try {
      const session = await transport.connect(
        { address: "127.0.0.1", port: other.port, ...extra },
        { greeting: { steps: [step(sh`echo there`)] } },
      );
      const [result] = (await session.greeting) ?? [];
      await session.close();
      return { answer: result?.stdout, agreeing, log: other.log() };
    } finally {
      await other.stop();
    }
  };

  test("is logged in to by one connection where it does", async () => {
    const { answer, agreeing, log } = await reach(["LogLevel VERBOSE"]);
    expect(answer).toBe("there\n");
    expect(agreeing.size).toBe(1);
    // The first one was made to see whether it listens.
    expect(log.match(/Connection from/g)).toHaveLength(2);
  });

  test.for(["ecdh-sha2-nistp256", "diffie-hellman-group14-sha256"])(
    "is asked anew, and no longer remembered, where it has %s only by now",
    async (exchange) => {
      const { answer, agreeing } = await reach([`KexAlgorithms ${exchange}`]);
      expect(answer).toBe("there\n");
      expect(agreeing.size).toBe(0);
    },
  );

  test("is refused with the reason where its host key has changed", async () => {
    const hosts = join(server.directory, "changed_known_hosts");
    writeFileSync(hosts, `* ${readFileSync(`${server.key}.pub`, "utf8")}`);
    const error = await reach([], { knownHostsFiles: [hosts] }).catch((reason) => reason);
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toContain("THE HOST'S KEY HAS CHANGED");
  });

  test("exchanges new keys on the open connection as often as it wants to", async () => {
    const { answer } = await reach(["RekeyLimit 1K"]);
    expect(answer).toBe("there\n");
  });
});

// What the server takes at once, and more than that.
test.for([250_000, 700_000])("a greeting of twice %i bytes arrives whole", async (size) => {
  const text = randomBytes(size).toString("hex");
  const session = await ssh2Transport({ home: server.home, userName: "root" }).connect(
    { address: "127.0.0.1", port: server.port },
    { greeting: { steps: [step(sh`printf '%s' ${text} | cksum`)] } },
  );
  const [result] = (await session.greeting) ?? [];
  // More than the server's window is open for, if what was sent early did not count.
  const [next] = await session.run([step(sh`printf '%s' ${text}${text}${text} | cksum`)]);
  await session.close();
  const sum = (input: string) => execFileSync("cksum", { input, encoding: "utf8" });
  expect(result?.stdout).toBe(sum(text));
  expect(next?.stdout).toBe(sum(text.repeat(3)));
});

describe("the shell", () => {
  test(
    "carries any number of steps in one trip",
    onSession(async (session) => {
      const results = await session.run(
        Array.from({ length: 100 }, (_, index) => step(sh`echo ${index}; echo e${index} >&2`)),
      );
      expect(results.map((result) => [result?.stdout, result?.stderr])).toEqual(
        Array.from({ length: 100 }, (_, index) => [`${index}\n`, `e${index}\n`]),
      );
      expect(session.trips).toBe(1);
    }),
  );

  test(
    "takes a script of a megabyte and returns half a megabyte whole",
    onSession(async (session) => {
      const text = randomBytes(500_000).toString("hex");
      const [length, echo] = await session.run([
        step(sh`text=${text}; echo ${"$"}{#text}; echo "$(printf '%s' ${text} | cksum)"`),
        step(sh`printf '%s' ${text.slice(0, 500_000)}`),
      ]);
      expect(length?.exitCode).toBe(0);
      expect(echo).toMatchObject({ stdout: text.slice(0, 500_000), truncated: false });
    }),
  );

  test(
    "ends a command that takes too long with all its processes, and stays usable",
    onSession(async (session) => {
      const seconds = uniqueSeconds();
      const error = await session
        .run([
          step(sh`echo begun; (sleep ${seconds} | sleep ${seconds}) & nohup sleep ${seconds}`, 500),
          step(sh`echo not`),
        ])
        .catch((reason) => reason);
      expect(error).toBeInstanceOf(CommandTimeoutError);
      expect(error.result).toMatchObject({ stdout: "begun\n", exitCode: 143 });
      expect(await processesWith(seconds)).toEqual([]);
      expect((await session.run([step(sh`echo usable`)]))[0]?.stdout).toBe("usable\n");
    }),
  );

  test(
    "kills what ignores TERM after two seconds",
    onSession(async (session) => {
      const began = performance.now();
      const error = await session
        .run([step(sh`trap '' TERM; echo begun; while :; do sleep 0.1; done`, 300)])
        .catch((reason) => reason);
      expect(error.result).toMatchObject({ stdout: "begun\n", exitCode: 137 });
      expect(performance.now() - began).toBeGreaterThan(2_000);
      expect(performance.now() - began).toBeLessThan(30_000);
    }),
  );

  test(
    "ends a command on abort, and stays usable",
    onSession(async (session) => {
      const seconds = uniqueSeconds();
      const controller = new AbortController();
      const running = session.run([step(sh`echo begun; sleep ${seconds}`), step(sh`echo not`)], {
        signal: controller.signal,
        listener: { onLine: () => controller.abort(new Error("interrupted")) },
      });
      await expect(running).rejects.toThrow("interrupted");
      expect(await processesWith(seconds)).toEqual([]);
      expect((await session.run([step(sh`echo usable`)]))[0]?.stdout).toBe("usable\n");
    }),
  );

  test(
    "answers while a background process of a command lives on",
    onSession(async (session) => {
      const seconds = uniqueSeconds();
      const [first] = await session.run([step(sh`(sleep ${seconds} &); echo begun`)]);
      expect(first?.stdout).toBe("begun\n");
      const [daemon] = await processesWith(seconds);
      expect(daemon).toBeGreaterThan(0);
      process.kill(daemon ?? 0, "SIGKILL");
    }),
  );
});

test("leaves no process behind when it is closed", async () => {
  const session = await connect();
  const [result] = await session.run([step(sh`echo $$ $PPID`)]);
  const left = () =>
    result?.stdout.split(/\s+/).filter((pid) => pid !== "" && existsSync(`/proc/${pid}`));
  expect(left()).toHaveLength(2);
  await session.close();
  for (let tries = 0; tries < 60 && left()?.length !== 0; tries += 1) await sleep(50);
  expect(left()).toEqual([]);
});

describe("a host that is lost in mid-command", () => {
  test.each<[string, string]>([
    ["because its shell is killed", "kill -9 $$"],
    ["because its sshd is killed", "kill -9 $PPID; sleep 60"],
  ])("%s is unreachable", async (_how, script) => {
    const session = await connect();
    const began = performance.now();
    const lost = session.run([step({ script, display: script, secrets: [] })]);
    await expect(lost).rejects.toThrow(UnreachableError);
    await expect(lost).rejects.toThrow(/while running `kill -9/);
    expect(performance.now() - began).toBeLessThan(30_000);
    await session.close();
  });

  test("because its sshd no longer answers is noticed by keepalives", async () => {
    const session = await connect({ keepaliveMs: 100 });
    const [result] = await session.run([step(sh`echo $PPID`)]);
    const sshd = Number(result?.stdout);
    const lost = session.run([step(sh`sleep 5`)]);
    process.kill(sshd, "SIGSTOP");
    await expect(lost).rejects.toThrow("no answer for 400 ms");
    process.kill(sshd, "SIGKILL");
    await session.close();
  });
});

describe("a stream", () => {
  test(
    "of 20 MB arrives byte by byte",
    onSession(async (session) => {
      const file = join(server.directory, "big");
      const bytes = randomBytes(20 * 1024 * 1024);
      writeFileSync(file, bytes);
      let progress = 0;
      const { stdout } = await session.stream(step(sh`sha256sum`), file, {
        onProgress: (sent) => {
          progress = sent;
        },
      });
      expect(stdout.split(" ")[0]).toBe(createHash("sha256").update(bytes).digest("hex"));
      expect(progress).toBe(bytes.length);
    }),
  );

  test(
    "from the host arrives byte by byte, beside what its command says",
    onSession(async (session) => {
      const source = join(server.directory, "big there");
      const bytes = randomBytes(20 * 1024 * 1024);
      writeFileSync(source, bytes);
      const file = join(server.directory, "big here");
      const result = await session.receive(step(sh`cat ${source}; echo said >&2; exit 3`), file);
      expect(result).toMatchObject({ stdout: "", stderr: "said\n", exitCode: 3 });
      expect(readFileSync(file).equals(bytes)).toBe(true);
    }),
  );

  test(
    "that is not read waits, and can be ended",
    onSession(async (session) => {
      let progress = 0;
      const file = join(server.directory, "big");
      const error = await session
        .stream(step(sh`sleep 60`, 500), file, {
          onProgress: (sent) => {
            progress = sent;
          },
        })
        .catch((reason) => reason);
      expect(error).toBeInstanceOf(CommandTimeoutError);
      expect(progress).toBeLessThan(8 * 1024 * 1024);
    }),
  );

  test("beyond the server's MaxSessions is refused with a hint", async () => {
    const strict = await startSshServer({ config: ["MaxSessions 1"] });
    const session = await connect({ port: strict.port }, strict.home);
    await expect(session.stream(step(sh`cat`), "/etc/passwd")).rejects.toMatchObject({
      message: expect.stringContaining("the server opens no more channels"),
      hint: expect.stringContaining("MaxSessions"),
    });
    expect((await session.run([step(sh`echo usable`)]))[0]?.stdout).toBe("usable\n");
    await session.close();
    await strict.stop();
  });
});

describe("logging in", () => {
  const works = async (connection: Partial<Connection>): Promise<void> => {
    const session = await connect(connection);
    expect((await session.run([step(sh`echo in`)]))[0]?.stdout).toBe("in\n");
    await session.close();
  };
  const authorize = (key: string): void => {
    const file = join(server.directory, "authorized_keys");
    writeFileSync(file, readFileSync(file, "utf8") + readFileSync(`${key}.pub`, "utf8"));
  };

  test.each(["ed25519", "ecdsa", "rsa"])(
    "with an encrypted %s key and its passphrase",
    async (type) => {
      const key = generateKey(join(server.directory, `encrypted_${type}`), type, "open sesame");
      authorize(key);
      await works({ identityFiles: [key], passphrase: secret("open sesame") });
      await expect(works({ identityFiles: [key] })).rejects.toThrow("is encrypted");
    },
  );

  test("with a key in the old PEM format", async () => {
    const key = join(server.directory, "pem");
    execFileSync("ssh-keygen", ["-q", "-t", "rsa", "-m", "PEM", "-N", "", "-f", key]);
    authorize(key);
    await works({ identityFiles: [key] });
  });

  test("with a key that only the agent has", async ({ onTestFinished }) => {
    const socket = join(server.directory, "agent");
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    onTestFinished(() => void agent.kill());
    const key = generateKey(join(server.directory, "in_agent"));
    authorize(key);
    const add = () => spawnSync("ssh-add", ["-q", key], { env: { SSH_AUTH_SOCK: socket } }).status;
    for (let tries = 0; add() !== 0 && tries < 50; tries += 1) await sleep(50);
    rmSync(key);
    await works({ agent: socket, identityFiles: [] });
    const transport = ssh2Transport({
      home: "/nonexistent",
      userName: "root",
      agentSocket: socket,
    });
    const session = await transport.connect({
      address: "127.0.0.1",
      port: server.port,
      knownHostsFiles: [server.knownHosts],
    });
    await session.close();
    await expect(works({ agent: false, identityFiles: [] })).rejects.toThrow("nothing to try");
  });

  test("as a user that the host does not let in is refused", async () => {
    await expect(works({ user: "nobody" })).rejects.toThrow("login refused for nobody");
  });

  test("after too many keys says so", async () => {
    const keys = Array.from({ length: 7 }, (_, index) =>
      generateKey(join(server.directory, `wrong_${index}`)),
    );
    await expect(works({ identityFiles: keys })).rejects.toThrow(
      "login refused after too many tries for root",
    );
  });
});

describe("known hosts", () => {
  /** Runs OpenSSH's own client, strictly, with the given file. */
  const openssh = (file: string): string =>
    execFileSync(
      "ssh",
      [
        ...["-F", "none", "-i", server.key, "-p", String(server.port), "-o", "BatchMode=yes"],
        ...["-o", "StrictHostKeyChecking=yes", "-o", `UserKnownHostsFile=${file}`],
        ...["-o", "GlobalKnownHostsFile=/dev/null", "root@127.0.0.1", "echo in"],
      ],
      { encoding: "utf8" },
    );

  test("that weft wrote are good for ssh, and the other way round", async () => {
    const file = join(server.directory, "new", "known_hosts");
    const session = await connect({ knownHostsFiles: [file], acceptNewHostKeys: true });
    await session.close();
    expect(openssh(file)).toBe("in\n");

    const scanned = join(server.directory, "scanned");
    const scan = spawnSync("ssh-keyscan", ["-p", String(server.port), "127.0.0.1"]);
    writeFileSync(scanned, scan.stdout);
    await (await connect({ knownHostsFiles: [scanned] })).close();
  });

  test("that ssh-keygen has hashed are found", async () => {
    const file = join(server.directory, "hashed");
    writeFileSync(file, readFileSync(server.knownHosts));
    execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "ignore" });
    expect(readFileSync(file, "utf8")).toMatch(/^\|1\|/);
    await (await connect({ knownHostsFiles: [file] })).close();
    const other = { address: "localhost", knownHostsFiles: [file] };
    await expect(connect(other)).rejects.toThrow("the host's key is not known");
  });

  test.each(["ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519"])(
    "with the %s key alone are enough for a server that has all types",
    async (type) => {
      const file = join(server.directory, `only_${type}`);
      const lines = readFileSync(server.knownHosts, "utf8").split("\n");
      writeFileSync(file, `${lines.find((line) => line.includes(type))}\n`);
      await (await connect({ knownHostsFiles: [file] })).close();
    },
  );
});
