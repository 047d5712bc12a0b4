import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerChannel, Connection as ServerConnection } from "ssh2";
import { describe, expect, type TestContext, test } from "vitest";
import { sh } from "../../../src/shell/command.ts";
import { secret } from "../../../src/shell/secret.ts";
import { MARK } from "../../../src/ssh/shell-script.ts";
import { ssh2Transport } from "../../../src/ssh/ssh2-transport.ts";
import {
  CommandTimeoutError,
  type Connection,
  type Session,
  type Step,
  UnreachableError,
} from "../../../src/ssh/transport.ts";
import {
  type FakeServer,
  type FakeServerOptions,
  runLocally,
  startFakeServer,
} from "../../support/ssh-fake-server.ts";
import { processesWith, uniqueSeconds } from "../../support/ssh-local-shell.ts";

type OnFinished = TestContext["onTestFinished"];

const open = async (
  finished: OnFinished,
  options: FakeServerOptions = {},
  connection: Partial<Connection> = {},
): Promise<{ server: FakeServer; session: Session }> => {
  const server = await startFakeServer(options);
  finished(() => server.stop());
  const transport = ssh2Transport({ home: server.home, userName: "me" });
  const session = await transport.connect({
    address: "127.0.0.1",
    port: server.port,
    ...connection,
  });
  finished(() => session.close());
  return { server, session };
};

const step = (command = sh`true`, timeoutMs = 10_000): Step => ({ command, timeoutMs });
const failureOf = async (promise: Promise<unknown>): Promise<UnreachableError> => {
  const error = await promise.catch((reason) => reason);
  expect(error).toBeInstanceOf(UnreachableError);
  return error as UnreachableError;
};

test("a greeting is answered as the shell opens, and is no trip of its own", async ({
  onTestFinished,
}) => {
  const server = await startFakeServer();
  onTestFinished(() => server.stop());
  const transport = ssh2Transport({ home: server.home, userName: "me" });
  const session = await transport.connect(
    { address: "127.0.0.1", port: server.port },
    { greeting: { steps: [step(sh`echo hello`), step(sh`exit 3`)] } },
  );
  onTestFinished(() => session.close());
  expect(await session.greeting).toMatchObject([{ stdout: "hello\n" }, { exitCode: 3 }]);
  expect(session.trips).toBe(0);
  await session.run([step()]);
  expect(session.trips).toBe(1);
});

describe.concurrent("a connection that is lost", () => {
  const LOST = "the connection was lost while running `sleep 5 # ******** ...`";
  const sleeping = () => [
    step(),
    step(sh`sleep 5 # ${secret("hush")}
    true`),
  ];

  test.for<[string, (server: FakeServer) => void]>([
    ["by a reset", ({ sockets }) => sockets[0]?.resetAndDestroy()],
    ["by a close", ({ sockets }) => sockets[0]?.destroy()],
    ["by the server's goodbye", ({ connections }) => connections[0]?.end()],
  ])("%s is unreachable, and says in which command", async ([, lose], { onTestFinished }) => {
    const { server, session } = await open(onTestFinished);
    const running = session.run(sleeping(), {
      listener: { onStart: (index) => index === 1 && lose(server) },
    });
    const { message } = await failureOf(running);
    expect(message).toContain(`127.0.0.1:${server.port}: ${LOST}`);
    expect((await failureOf(session.run([step()]))).message).toContain("the connection was lost");
    expect((await failureOf(session.stream(step(), "/etc/passwd"))).message).toContain("lost");
  });

  test("without a word is noticed by keepalives", async ({ onTestFinished }) => {
    const { server, session } = await open(onTestFinished, {}, { keepaliveMs: 50 });
    const running = session.run(sleeping(), {
      listener: { onStart: (index) => index === 1 && server.sockets[0]?.pause() },
    });
    const { message, hint } = await failureOf(running);
    expect(message).toContain(`${LOST}: no answer for 200 ms`);
    expect(hint).toContain("the network to it");
  });

  test("while idle is told by the next command", async ({ onTestFinished }) => {
    const { server, session } = await open(onTestFinished);
    await session.run([step()]);
    server.sockets[0]?.destroy();
    await sleep(50);
    const { message } = await failureOf(session.run([step(sh`echo next`)]));
    expect(message).toContain("the connection was lost while running `echo next`");
  });

  test("by this end's close rejects what runs, and close may be called again", async ({
    onTestFinished,
  }) => {
    const { session } = await open(onTestFinished);
    const running = failureOf(session.run([step(sh`sleep 5`)]));
    await sleep(50);
    await session.close();
    expect((await running).message).toContain("the session was closed while running `sleep 5`");
    await session.close();
  });
});

describe.concurrent("a shell that ends", () => {
  test("by a signal is unreachable", async ({ onTestFinished }) => {
    const { session } = await open(onTestFinished);
    const { message } = await failureOf(session.run([step(sh`kill -9 $$`)]));
    expect(message).toContain(
      "the shell on the host ended while running `kill -9 $$`: killed by SIGKILL",
    );
  });

  test("before it begins says what the host said", async ({ onTestFinished }) => {
    const { session } = await open(onTestFinished, {
      onExec: (_command, channel) => {
        channel.write("This account is currently not available.\n");
        channel.exit(1);
        channel.end();
      },
    });
    expect((await failureOf(session.run([step()]))).message).toContain(
      'the host starts no shell while running `true`: exit status 1, saying "This account is currently not available."',
    );
  });

  test("or never answers is noticed", async ({ onTestFinished }) => {
    const { session } = await open(
      onTestFinished,
      { onExec: (_command, channel) => void channel.write("Choose: 1) reboot 2) exit\n") },
      { connectTimeoutMs: 500 },
    );
    const { message, hint } = await failureOf(session.run([step()]));
    expect(message).toContain("no answer from sh within 500 ms");
    expect(message).toContain("Choose: 1) reboot");
    expect(hint).toContain("forced command");
  });

  test("with its channel, without a word, is a lost connection", async ({ onTestFinished }) => {
    let shell: ServerChannel | undefined;
    const { session } = await open(onTestFinished, {
      onExec: (command, channel) => {
        shell = channel;
        runLocally(command, channel);
      },
    });
    const running = session.run([step(sh`echo begun; sleep 5`)], {
      listener: { onLine: () => shell?.close() },
    });
    expect((await failureOf(running)).message).toContain("the connection was lost");
  });
});

test.concurrent("leaves out what the host's rc files print", async ({ onTestFinished }) => {
  const { session } = await open(onTestFinished, {
    onExec: (command, channel) => runLocally(`echo Welcome; echo Warning >&2; ${command}`, channel),
  });
  const [result] = await session.run([step(sh`echo out; echo err >&2`)]);
  expect(result).toMatchObject({ stdout: "out\n", stderr: "err\n" });
  const streamed = await session.stream(step(sh`wc -l; echo err >&2`), "/dev/null");
  expect(streamed).toMatchObject({ stdout: "0\n", stderr: "err\n" });
});

test.sequential("a flood is cut, and does not grow the memory", async ({ onTestFinished }) => {
  const { session } = await open(onTestFinished);
  const before = process.memoryUsage().rss;
  let lines = 0;
  const flood = session.run([step(sh`yes 'a rather long line of text that goes on and on'`, 700)], {
    listener: {
      onLine: () => {
        lines += 1;
      },
    },
  });
  const error = await flood.catch((reason) => reason);
  expect(error).toBeInstanceOf(CommandTimeoutError);
  expect(error.result.truncated).toBe(true);
  expect(error.result.stdout.length).toBeLessThan(530_000);
  expect(lines).toBeGreaterThan(100_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  const [result] = await session.run([step(sh`echo usable`)]);
  expect(result?.stdout).toBe("usable\n");
});

test.concurrent("a command that cannot be ended gives the session up", async ({
  onTestFinished,
}) => {
  // One session a connection: there is no channel to kill on.
  const { session } = await open(onTestFinished, { maxSessions: 1 });
  const { message } = await failureOf(session.run([step(sh`sleep 5`, 50)]));
  expect(message).toMatch(/`sleep 5` could not be ended and may still run: .*open failure/);
  expect((await failureOf(session.run([step()]))).message).toContain("could not be ended");
});

describe.concurrent("a stream", () => {
  const file = (finished: OnFinished, bytes: Buffer | string): string => {
    const directory = mkdtempSync(join(tmpdir(), "weft-stream-"));
    finished(() => rmSync(directory, { recursive: true }));
    const path = join(directory, "file");
    writeFileSync(path, bytes);
    return path;
  };

  test("gives the file to the command's stdin, byte by byte, and tells its progress", async ({
    onTestFinished,
  }) => {
    const { session } = await open(onTestFinished);
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
    const progress: number[] = [];
    const lines: string[] = [];
    const { stdout, exitCode } = await session.stream(
      step(sh`cksum
      echo ${secret("hush")} is 'it''s'`),
      file(onTestFinished, bytes),
      {
        onProgress: (sent) => progress.push(sent),
        listener: { onLine: (index, line) => lines.push(`${index} ${line}`) },
      },
    );
    const [local] = await session.run([step(sh`cksum < ${file(onTestFinished, bytes)}`)]);
    expect(stdout).toBe(`${local?.stdout}hush is its\n`);
    expect(exitCode).toBe(0);
    expect(progress.at(-1)).toBe(300_000);
    expect(lines[1]).toBe("0 ******** is its");
    expect(session.trips).toBe(2);
  });

  test("ends early where the command does not read it all", async ({ onTestFinished }) => {
    const { session } = await open(onTestFinished);
    const result = await session.stream(
      step(sh`head -c 3; exit 4`),
      file(onTestFinished, "x".repeat(9_000_000)),
    );
    expect(result).toMatchObject({ stdout: "xxx", exitCode: 4 });
  });

  test("tells the status of a command that a signal ended", async ({ onTestFinished }) => {
    const { session } = await open(onTestFinished);
    const inner = await session.stream(step(sh`exec sh -c 'kill -9 $$'`), "/dev/null");
    expect(inner).toMatchObject({ exitCode: 137, stderr: "" });
    expect((await session.stream(step(sh`kill -TERM $$`), "/dev/null")).exitCode).toBe(143);
  });

  test("takes too long: it is ended on the host, and the session stays usable", async ({
    onTestFinished,
  }) => {
    const { session } = await open(onTestFinished);
    const seconds = uniqueSeconds();
    const error = await session
      .stream(step(sh`cat >/dev/null; echo read; sleep ${seconds}`, 300), file(onTestFinished, "x"))
      .catch((reason) => reason);
    expect(error).toBeInstanceOf(CommandTimeoutError);
    expect(error.result).toMatchObject({ stdout: "read\n", exitCode: 143 });
    expect(await processesWith(seconds)).toEqual([]);
    expect((await session.run([step(sh`echo usable`)]))[0]?.stdout).toBe("usable\n");
  });

  test("is aborted: it is ended on the host, with the signal's reason", async ({
    onTestFinished,
  }) => {
    const { session } = await open(onTestFinished);
    const seconds = uniqueSeconds();
    const controller = new AbortController();
    const streaming = session.stream(
      step(sh`echo begun; sleep ${seconds}`),
      file(onTestFinished, "x"),
      {
        signal: controller.signal,
        listener: { onLine: () => controller.abort(new Error("interrupted")) },
      },
    );
    await expect(streaming).rejects.toThrow("interrupted");
    expect(await processesWith(seconds)).toEqual([]);
  });

  test("that cannot be ended says so, and never that it was", async ({ onTestFinished }) => {
    // The shell and the stream take both sessions: there is no channel to kill on.
    const { session } = await open(onTestFinished, { maxSessions: 2 });
    const { message } = await failureOf(session.stream(step(sh`sleep 5`, 100), "/dev/null"));
    expect(message).toMatch(/`sleep 5` could not be ended and may still run: .*open failure/);
  });

  test("is lost with the connection, and says so", async ({ onTestFinished }) => {
    const { server, session } = await open(onTestFinished);
    const streaming = session.stream(step(sh`echo begun; sleep 5`), file(onTestFinished, "x"), {
      listener: { onLine: () => void server.sockets[0]?.destroy() },
    });
    expect((await failureOf(streaming)).message).toContain(
      "the connection was lost while running `echo begun; sleep 5`",
    );
  });

  test("of a file that is not there is an error before any channel is opened", async ({
    onTestFinished,
  }) => {
    const { server, session } = await open(onTestFinished);
    await expect(session.stream(step(), "/nonexistent")).rejects.toThrow("ENOENT");
    expect(server.heard.filter((word) => word.startsWith("exec"))).toHaveLength(1);
  });

  test("of a file that cannot be read to its end never lets the command take it for whole", async ({
    onTestFinished,
  }) => {
    const { session } = await open(onTestFinished);
    const directory = mkdtempSync(join(tmpdir(), "weft-whole-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const target = join(directory, "target");
    // A directory passes for a readable file until it is read.
    await expect(
      session.stream(step(sh`cat >/dev/null && touch ${target}`), tmpdir()),
    ).rejects.toThrow("EISDIR");
    expect((await session.run([step(sh`test -e ${target}`)]))[0]?.exitCode).toBe(1);
  });

  test("is refused by a server that opens no more channels, with a hint", async ({
    onTestFinished,
  }) => {
    const { session } = await open(onTestFinished, { maxSessions: 1 });
    const { message, hint } = await failureOf(
      session.stream(step(sh`docker load`), file(onTestFinished, "x")),
    );
    expect(message).toContain("the server opens no more channels");
    expect(hint).toContain("MaxSessions");
  });
});

describe.concurrent("a file that is received", () => {
  const target = (finished: OnFinished): string => {
    const directory = mkdtempSync(join(tmpdir(), "weft-receive-"));
    finished(() => rmSync(directory, { recursive: true }));
    return join(directory, "file");
  };

  test("is what the command printed, to the last byte, and nothing else", async ({
    onTestFinished,
  }) => {
    const { session } = await open(onTestFinished);
    const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * 7) % 256));
    const source = target(onTestFinished);
    writeFileSync(source, bytes);
    const file = target(onTestFinished);
    const progress: number[] = [];
    const result = await session.receive(step(sh`cat ${source}`), file, {
      onProgress: (received) => progress.push(received),
    });
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(progress.at(-1)).toBe(bytes.length);
    expect(result).toMatchObject({ exitCode: 0, stdout: "" });
    expect(session.trips).toBe(1);
  });

  test("leaves what the command says on stderr to the listener", async ({ onTestFinished }) => {
    const { session } = await open(onTestFinished);
    const lines: string[] = [];
    const result = await session.receive(
      step(sh`echo kept; echo said >&2`),
      target(onTestFinished),
      { listener: { onLine: (_index, line) => lines.push(line) } },
    );
    expect(result).toMatchObject({ stdout: "", stderr: "said\n" });
    expect(lines).toEqual(["said"]);
  });

  test("may end with what begins like a marker of the shell", async ({ onTestFinished }) => {
    const { session } = await open(onTestFinished);
    const file = target(onTestFinished);
    await session.receive(step(sh`printf '%s' ${MARK}`), file);
    expect(readFileSync(file, "utf8")).toBe(MARK);
  });

  test("may be empty, and the command has no input", async ({ onTestFinished }) => {
    const { session } = await open(onTestFinished);
    const file = target(onTestFinished);
    expect(await session.receive(step(sh`cat; exit 3`), file)).toMatchObject({ exitCode: 3 });
    expect(readFileSync(file, "utf8")).toBe("");
  });

  test("takes too long: its command is ended on the host", async ({ onTestFinished }) => {
    const { session } = await open(onTestFinished);
    const seconds = uniqueSeconds();
    const receiving = session.receive(
      step(sh`echo part; sleep ${seconds}`, 300),
      target(onTestFinished),
    );
    await expect(receiving).rejects.toThrow(CommandTimeoutError);
    expect(await processesWith(seconds)).toEqual([]);
  });

  test("that cannot be written ends its command", async ({ onTestFinished }) => {
    const { session } = await open(onTestFinished);
    const seconds = uniqueSeconds();
    const receiving = session.receive(step(sh`yes | head -c 9000000; sleep ${seconds}`), tmpdir());
    await expect(receiving).rejects.toThrow("EISDIR");
    expect(await processesWith(seconds)).toEqual([]);
  });

  test("is an error where the connection is lost", async ({ onTestFinished }) => {
    const { server, session } = await open(onTestFinished);
    const receiving = session.receive(step(sh`echo part; sleep 5`), target(onTestFinished), {
      onProgress: () => void server.sockets[0]?.destroy(),
    });
    expect((await failureOf(receiving)).message).toContain("the connection was lost");
  });
});

test.concurrent("runs on a connection whose server asks for new keys in between", async ({
  onTestFinished,
}) => {
  const connections: ServerConnection[] = [];
  const { session } = await open(onTestFinished, {
    onExec: (command, channel, connection) => {
      connections.push(connection);
      runLocally(command, channel);
    },
  });
  await session.run([step()]);
  const rekeyed = new Promise<void>((resolve) => connections[0]?.rekey(() => resolve()));
  await rekeyed;
  expect((await session.run([step(sh`echo usable`)]))[0]?.stdout).toBe("usable\n");
});
