import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { ssh2Transport } from "../../../src/ssh/ssh2-transport.ts";
import { type Connection, UnreachableError } from "../../../src/ssh/transport.ts";
import { type FakeServer, newKey, startFakeServer } from "../../support/ssh-fake-server.ts";

const servers: (FakeServer | { stop(): void })[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.stop();
});

const transport = ssh2Transport({ home: "/nonexistent", userName: "me" });
const failure = async (connection: Connection): Promise<UnreachableError> => {
  const error = await transport.connect(connection).catch((reason) => reason);
  expect(error).toBeInstanceOf(UnreachableError);
  return error;
};

/** A TCP server that is no SSH server. */
const listen = async (onSocket: (socket: Socket) => void): Promise<number> => {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  servers.push({
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return (server.address() as AddressInfo).port;
};

const fake = async (...[options]: Parameters<typeof startFakeServer>): Promise<FakeServer> => {
  const server = await startFakeServer(options);
  servers.push(server);
  return server;
};

describe("says what is wrong and what to do, when", () => {
  test("nothing listens", async () => {
    const port = await listen(() => {});
    for (const server of servers.splice(0)) server.stop();
    const { message, hint } = await failure({ address: "127.0.0.1", port });
    expect(message).toBe(`127.0.0.1:${port}: connection refused: no SSH server listens there`);
    expect(hint).toContain("check that sshd runs");
  });

  test("the name is unknown", async () => {
    const { message } = await failure({ address: "no-such-host.invalid" });
    expect(message).toMatch(/^no-such-host\.invalid:22: .*DNS/);
  });

  test("an IPv6 address has no route or no listener", async () => {
    const { message } = await failure({ address: "100::1", connectTimeoutMs: 300 });
    expect(message).toMatch(/^\[100::1\]:22: /);
  });

  test("a web server answers", async () => {
    const port = await listen((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    );
    const { message, hint } = await failure({ address: "127.0.0.1", port });
    expect(message).toBe(`127.0.0.1:${port}: no SSH server: it says "HTTP/1.1 400 Bad Request"`);
    expect(hint).toBe("check the port");
  });

  test("the server has too many connections", async () => {
    const port = await listen((socket) => socket.end("Exceeded MaxStartups\r\n"));
    expect((await failure({ address: "127.0.0.1", port })).message).toContain(
      'the server takes no more connections for now: "Exceeded MaxStartups"',
    );
  });

  test("something answers in bytes", async () => {
    const port = await listen((socket) => socket.end(Buffer.alloc(5_000, 0xff)));
    expect((await failure({ address: "127.0.0.1", port })).message).toContain("no SSH server");
  });

  test("the server hangs up before it says anything", async () => {
    const port = await listen((socket) => socket.end());
    expect((await failure({ address: "127.0.0.1", port })).message).toContain(
      "the server closed the connection before it said anything",
    );
  });

  test("the server says nothing", async () => {
    const port = await listen(() => {});
    const { message } = await failure({ address: "127.0.0.1", port, connectTimeoutMs: 100 });
    expect(message).toBe(`127.0.0.1:${port}: connected, but the server said nothing within 100 ms`);
  });

  test("the handshake stops", async () => {
    const port = await listen((socket) => socket.write("SSH-2.0-Slow\r\n"));
    const { message } = await failure({ address: "127.0.0.1", port, connectTimeoutMs: 100 });
    expect(message).toContain("the SSH handshake did not end within 100 ms");
  });

  test("the login stops", async () => {
    const { port, knownHosts } = await fake({ authenticate: () => {} });
    const { message } = await failure({
      address: "127.0.0.1",
      port,
      knownHostsFiles: [knownHosts],
      connectTimeoutMs: 200,
    });
    expect(message).toContain("the login did not end within 200 ms");
  });

  test("the server knows only old algorithms, unless it is told to accept them", async () => {
    const signatures = new Set<string | undefined>();
    const server = await fake({
      authenticate: (context) => {
        if (context.method === "publickey") signatures.add(context.key.algo);
        if (context.method === "publickey") context.accept();
        else context.reject(["publickey"]);
      },
      hostKeys: [newKey("rsa")],
      algorithms: {
        kex: ["diffie-hellman-group14-sha1"],
        serverHostKey: ["ssh-rsa"],
        cipher: ["aes128-cbc"],
        hmac: ["hmac-sha1"],
      },
    });
    const { port, knownHosts } = server;
    const key = join(server.home, "rsa");
    writeFileSync(key, newKey("rsa"));
    const connection = {
      address: "127.0.0.1",
      port,
      knownHostsFiles: [knownHosts],
      identityFiles: [key],
    };
    const { message, hint } = await failure(connection);
    expect(message).toMatch(/no common key exchange algorithm with the server \(SSH-2\.0-ssh2js/);
    expect(hint).toContain("legacyAlgorithms: true");
    const session = await transport.connect({ ...connection, legacyAlgorithms: true });
    await session.close();
    expect([...signatures]).toEqual(["ssh-rsa"]);
  });

  test("the server opens no channel", async () => {
    const { port, knownHosts } = await fake({ maxSessions: 0 });
    const { message } = await failure({
      address: "127.0.0.1",
      port,
      knownHostsFiles: [knownHosts],
    });
    expect(message).toContain("the host opens no shell");
  });
});

test("an abort ends connecting at once, with the signal's reason", async () => {
  const port = await listen(() => {});
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("interrupted")), 20);
  const connecting = transport.connect({ address: "127.0.0.1", port }, controller);
  await expect(connecting).rejects.toThrow("interrupted");
  await expect(transport.connect({ address: "127.0.0.1", port }, controller)).rejects.toThrow(
    "interrupted",
  );
});

test("sends small packets at once", async () => {
  const { port, knownHosts, sockets } = await fake();
  const session = await transport.connect({
    address: "127.0.0.1",
    port,
    knownHostsFiles: [knownHosts],
  });
  // Nagle's algorithm with delayed acknowledgements makes each command take 40 ms; a busy machine some.
  for (const socket of sockets) socket.setNoDelay(true);
  const step = { command: { script: "true", display: "true", secrets: [] }, timeoutMs: 1_000 };
  await session.run([step]);
  const times: number[] = [];
  for (let count = 0; count < 10; count += 1) {
    const began = performance.now();
    await session.run([step]);
    times.push(performance.now() - began);
  }
  expect(Math.min(...times)).toBeLessThan(35);
  await session.close();
});
