import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Problem } from "../../../src/problem.ts";
import { type Command, sh } from "../../../src/shell/command.ts";
import { ssh2Transport } from "../../../src/ssh/ssh2-transport.ts";
import { type Connection, type Session, UnreachableError } from "../../../src/ssh/transport.ts";
import { type FakeServer, startFakeServer } from "../../support/ssh-fake-server.ts";

let home: string;
let servers: FakeServer[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "weft-jump-"));
  mkdirSync(join(home, ".ssh"));
  servers = [];
});
afterEach(() => {
  for (const server of servers) server.stop();
  rmSync(home, { recursive: true });
});

const start = async (...[options]: Parameters<typeof startFakeServer>): Promise<FakeServer> => {
  const server = await startFakeServer(options);
  servers.push(server);
  return server;
};
const config = (text: string): void => writeFileSync(join(home, ".ssh", "config"), text);
const transport = (hostNamed?: (name: string) => Connection | undefined) =>
  ssh2Transport({ home, userName: "me", hostNamed });
const to = ({ port, knownHosts }: FakeServer, more: Partial<Connection> = {}): Connection => ({
  address: "127.0.0.1",
  port,
  knownHostsFiles: [knownHosts],
  ...more,
});
/** A block of ssh_config(5) for a server. */
const block = (name: string, { port, knownHosts }: FakeServer, more = ""): string =>
  `Host ${name}\n HostName 127.0.0.1\n Port ${port}\n UserKnownHostsFile ${knownHosts}\n ${more}\n`;
const answer = async (session: Session, command: Command = sh`echo in`): Promise<string> => {
  const [result] = await session.run([{ command, timeoutMs: 5_000 }]);
  return result?.stdout ?? "";
};
const failure = async (promise: Promise<unknown>): Promise<UnreachableError> => {
  const error = await promise.catch((reason) => reason);
  expect(error).toBeInstanceOf(UnreachableError);
  return error as UnreachableError;
};

describe("a jump host", () => {
  test("is connected to once for all hosts behind it, and left with the last of them", async () => {
    const bastion = await start();
    const hosts = [await start(), await start(), await start()];
    config(block("bastion", bastion));
    const over = transport();
    const sessions = await Promise.all(
      hosts.map((host) => over.connect(to(host, { proxyJump: "bastion" }))),
    );
    expect(await Promise.all(sessions.map((session) => answer(session)))).toEqual(
      Array(3).fill("in\n"),
    );
    expect(bastion.connections).toHaveLength(1);
    expect(bastion.heard.filter((word) => word.startsWith("forward"))).toHaveLength(3);
    const [socket] = bastion.sockets;
    await sessions[0]?.close();
    await sessions[1]?.close();
    expect(socket?.destroyed).toBe(false);
    expect(await answer(sessions[2] as Session)).toBe("in\n");
    await sessions[2]?.close();
    for (let tries = 0; tries < 50 && !socket?.destroyed; tries += 1) await sleep(10);
    expect(socket?.destroyed).toBe(true);
  });

  test("is shared too where one of its hosts cannot be reached", async () => {
    const bastion = await start();
    const host = await start();
    const refusing = await start({ authenticate: (context) => context.reject() });
    config(block("bastion", bastion));
    const over = transport();
    await failure(over.connect(to(refusing, { proxyJump: "bastion" })));
    const session = await over.connect(to(host, { proxyJump: "bastion" }));
    await session.close();
    expect(bastion.connections).toHaveLength(1);
  });

  test("can be behind others, named by ~/.ssh/config or by the inventory", async () => {
    const [first, second, host] = [await start(), await start(), await start()];
    config(`${block("one", first)}${block("two", second)}Host 127.0.0.1\n ProxyJump one,two\n`);
    const byConfig = await transport().connect(to(host));
    expect(await answer(byConfig)).toBe("in\n");
    expect(first.heard).toContain(`forward 127.0.0.1:${second.port}`);
    expect(second.heard).toContain(`forward 127.0.0.1:${host.port}`);
    await byConfig.close();
    const sockets = [...first.sockets, ...second.sockets];
    for (let tries = 0; tries < 50 && !sockets.every((one) => one.destroyed); tries += 1) {
      await sleep(10);
    }
    expect(sockets.map((one) => one.destroyed)).toEqual([true, true]);

    config(block("one", first));
    const named: Record<string, Connection> = { inner: to(second, { proxyJump: "one" }) };
    const byName = await transport((name) => named[name]).connect(
      to(host, { proxyJump: "you@inner" }),
    );
    expect(await answer(byName)).toBe("in\n");
    await byName.close();
  });

  test("is logged in to as its own user, not the host's", async () => {
    const users: string[] = [];
    const bastion = await start({
      authenticate: (context) => {
        users.push(context.username);
        context.accept();
      },
    });
    const host = await start();
    config(block("bastion", bastion));
    const connection = to(host, { user: "root", proxyJump: "bastion" });
    await (await transport().connect(connection)).close();
    await (await transport().connect({ ...connection, proxyJump: "you@bastion" })).close();
    expect(users).toEqual(["me", "you"]);
  });

  test("must show the key that is known for it", async () => {
    const [bastion, host] = [await start(), await start()];
    config(`Host bastion\n HostName 127.0.0.1\n Port ${bastion.port}\n`);
    const { message } = await failure(transport().connect(to(host, { proxyJump: "bastion" })));
    expect(message).toMatch(
      `127.0.0.1:${host.port}: cannot reach its jump host 127.0.0.1:${bastion.port}: the host's key is not known`,
    );
    expect(bastion.heard).toEqual([]);
  });

  test("that cannot be reached is named by all its hosts", async () => {
    const [bastion, host] = [await start(), await start()];
    config(block("bastion", bastion));
    for (const server of servers.splice(0)) server.stop();
    const over = transport();
    const failures = await Promise.all(
      [1, 2].map(() => failure(over.connect(to(host, { proxyJump: "bastion" })))),
    );
    for (const { message, hint } of failures) {
      expect(message).toBe(
        `127.0.0.1:${host.port}: cannot reach its jump host 127.0.0.1:${bastion.port}: connection refused: no SSH server listens there`,
      );
      expect(hint).toContain("sshd");
    }
  });

  test("that is lost takes its hosts along, by name, and is connected to anew", async () => {
    const [bastion, host] = [await start(), await start()];
    config(block("bastion", bastion));
    const over = transport();
    const connection = to(host, { proxyJump: "bastion" });
    const sessions = [await over.connect(connection), await over.connect(connection)];
    const lost = sessions.map((session) => failure(answer(session, sh`sleep 10`)));
    await sleep(50);
    bastion.sockets[0]?.destroy();
    for (const { message } of await Promise.all(lost)) {
      expect(message).toBe(
        `127.0.0.1:${host.port} (through 127.0.0.1:${bastion.port}): the connection was lost while running \`sleep 10\`: the connection to the jump host 127.0.0.1:${bastion.port} was lost: the server closed it`,
      );
    }
    const again = await over.connect(connection);
    expect(await answer(again)).toBe("in\n");
    expect(bastion.connections).toHaveLength(2);
    await Promise.all([...sessions, again].map((session) => session.close()));
  });

  test.each([
    [false, "prohibited", undefined],
    [true, "refused", 1],
  ])("that does not go on says so (%s)", async (forwards, _what, port) => {
    const [bastion, host] = [await start({ forwards }), await start()];
    config(block("bastion", bastion));
    const { message } = await failure(
      transport().connect(to(host, { ...(port && { port }), proxyJump: "bastion" })),
    );
    expect(message).toContain(
      `(through 127.0.0.1:${bastion.port}): the jump host 127.0.0.1:${bastion.port} cannot connect to 127.0.0.1:${port ?? host.port}: `,
    );
  });

  test("that leads back to itself is a problem before any connection", async () => {
    config("Host a web\n ProxyJump b\nHost b\n ProxyJump a\n");
    const hosts = [{ name: "web", connection: { address: "web" } }];
    const preparing = transport().prepare(hosts, "inventory/lab.ts");
    await expect(preparing).rejects.toThrow(Problem);
    await expect(preparing).rejects.toThrow(
      "inventory/lab.ts: host web: the jump hosts go in a circle: web, b, a, b",
    );
  });

  test("that is named for all hosts is reached straight itself", async () => {
    const [bastion, host] = [await start(), await start()];
    config(`Host *\n ProxyJump bastion\n${block("bastion", bastion)}`);
    const over = transport();
    const names = [to(host), { address: "bastion" }];
    const sessions = await Promise.all(names.map((connection) => over.connect(connection)));
    expect(await Promise.all(sessions.map((session) => answer(session)))).toEqual(["in\n", "in\n"]);
    await Promise.all(sessions.map((session) => session.close()));

    const named = to(bastion, { proxyJump: "gate" });
    const byName = transport((name) => (name === "gate" ? named : undefined));
    config("");
    const behind = await byName.connect(to(host, { proxyJump: "gate" }));
    expect(await answer(behind)).toBe("in\n");
    await behind.close();
  });

  test("is given up with the run", async () => {
    const bastion = await start({ authenticate: () => {} });
    config(block("bastion", bastion));
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("interrupted")), 50);
    await expect(
      transport().connect({ address: "web", proxyJump: "bastion" }, controller),
    ).rejects.toThrow("interrupted");
  });
});

describe("a ProxyCommand", () => {
  /** What nc does, with Node. */
  const pipe = `"${process.execPath}" -e 'const s = require("net").connect(process.argv[2], process.argv[1]); process.stdin.pipe(s).pipe(process.stdout)' %h %p`;

  test("carries the connection, from ~/.ssh/config or the inventory, and ends with it", async () => {
    const host = await start();
    const mark = `weft-proxy-${process.pid}`;
    config(`Host 127.0.0.1\n ProxyCommand ${pipe} ${mark}\n`);
    const session = await transport().connect(to(host));
    expect(await answer(session)).toBe("in\n");
    expect(await answer(session, sh`ps -eo args | grep -c ${`[w]${mark.slice(1)}`}`)).not.toBe(
      "0\n",
    );
    await session.close();
    config("");
    const own = await transport().connect(to(host, { proxyCommand: pipe }));
    expect(await answer(own)).toBe("in\n");
    await own.close();
  });

  test("that fails is shown with what it said", async () => {
    const host = await start();
    const connection = to(host, { proxyCommand: "echo no way to %h >&2; exit 3" });
    expect((await failure(transport().connect(connection))).message).toBe(
      `127.0.0.1:${host.port}: the ProxyCommand \`echo no way to 127.0.0.1 >&2; exit 3\` ended with exit status 3, saying "no way to 127.0.0.1"`,
    );
  });

  test("that says nothing in time is ended, with all that it started", async () => {
    const host = await start();
    const seconds = `47${process.pid}.5`;
    const proxyCommand = `echo waiting >&2; sleep ${seconds} | sleep ${seconds}`;
    const { message } = await failure(
      transport().connect(to(host, { proxyCommand, connectTimeoutMs: 200 })),
    );
    expect(message).toContain("the server said nothing within 200 ms: the ProxyCommand `");
    expect(message).toContain('saying "waiting"');
    const session = await transport().connect(to(host));
    let left = "";
    for (let tries = 0; tries < 50 && left !== "0\n"; tries += 1) {
      left = await answer(session, sh`ps -eo args | grep -c ${`^slee[p] ${seconds}`}`);
    }
    expect(left).toBe("0\n");
    await session.close();
  });

  test("that talks while it works hides no other reason", async () => {
    const host = await start({ algorithms: { kex: ["diffie-hellman-group14-sha1"] } });
    const proxyCommand = `echo hello >&2; ${pipe}`;
    const { message, hint } = await failure(transport().connect(to(host, { proxyCommand })));
    expect(message).toContain("no common key exchange algorithm");
    expect(hint).toContain("legacyAlgorithms");
  });

  test("that ends is the reason of the loss", async () => {
    const host = await start();
    const session = await transport().connect(to(host, { proxyCommand: pipe }));
    const step = { command: sh`echo begun; sleep 10`, timeoutMs: 20_000 };
    // Destroyed with unread bytes, a socket would be reset.
    const listener = { onLine: () => void host.sockets[0]?.destroy() };
    const { message } = await failure(session.run([step], { listener }));
    expect(message).toContain("ended with exit status 0");
    await session.close();
  });
});
