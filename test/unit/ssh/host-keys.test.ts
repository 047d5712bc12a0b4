import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ssh2Transport } from "../../../src/ssh/ssh2-transport.ts";
import { type Connection, UnreachableError } from "../../../src/ssh/transport.ts";
import {
  type FakeServer,
  newKey,
  publicLine,
  startFakeServer,
} from "../../support/ssh-fake-server.ts";

const ED25519 = newKey();
const ECDSA = newKey("ecdsa");

let server: FakeServer;
let name: string;
beforeEach(async () => {
  server = await startFakeServer({ hostKeys: [ED25519, ECDSA] });
  name = `[127.0.0.1]:${server.port}`;
});
afterEach(() => server.stop());

const connect = async (to: FakeServer, connection: Partial<Connection> = {}) => {
  const transport = ssh2Transport({ home: server.home, userName: "me" });
  const session = await transport.connect({ address: "127.0.0.1", port: to.port, ...connection });
  await session.close();
};

const refusal = async (lines: string, connection: Partial<Connection> = {}): Promise<string> => {
  writeFileSync(server.knownHosts, lines);
  const error = await connect(server, connection).catch((reason) => reason);
  expect(error).toBeInstanceOf(UnreachableError);
  // Nothing about the user may reach a host that is not the right one.
  expect(server.heard).toEqual([]);
  return `${error.message}\nhint: ${error.hint}`;
};

test("refuses an unknown host, with its fingerprint and what to do", async () => {
  const message = await refusal("");
  expect(message).toMatch(
    /the host's key is not known \(ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}\), and no line of .*known_hosts/,
  );
  expect(message).toContain(`ssh-keyscan -p ${server.port} 127.0.0.1`);
  expect(message).toContain("--accept-new-host-keys");
});

test("refuses a changed key even where new ones are accepted, and says where the old one is", async () => {
  const message = await refusal(`# one\n${name} ${publicLine(newKey())}\n`, {
    acceptNewHostKeys: true,
  });
  expect(message).toContain("THE HOST'S KEY HAS CHANGED");
  expect(message).toContain(`${server.knownHosts}:2 has another key`);
  expect(message).toContain(`ssh-keygen -R '${name}' -f ${server.knownHosts}`);
});

test("asks for the type of key that is known", async () => {
  writeFileSync(server.knownHosts, `${name} ${publicLine(ECDSA)}\n`);
  await connect(server);
  writeFileSync(server.knownHosts, `${name} ${publicLine(ED25519)}\n`);
  await connect(server);
});

test("refuses a host that shows none of the types that are known", async () => {
  const only = await startFakeServer({ hostKeys: [ECDSA] });
  writeFileSync(server.knownHosts, `[127.0.0.1]:${only.port} ${publicLine(ED25519)}\n`);
  await expect(connect(only, { acceptNewHostKeys: true })).rejects.toThrow(
    "only keys of other types are known",
  );
  only.stop();
});

test("refuses a revoked key", async () => {
  const lines = `${name} ${publicLine(ED25519)}\n@revoked * ${publicLine(ED25519)}\n`;
  expect(await refusal(lines)).toMatch(/REVOKED key: .*known_hosts:2/);
});

test("says that it cannot check certificates", async () => {
  expect(await refusal(`@cert-authority * ${publicLine(newKey())}\n`)).toContain(
    "host certificates are not supported",
  );
});

test("finds a key in any of several files", async () => {
  const second = join(server.home, "second");
  writeFileSync(second, readFileSync(server.knownHosts));
  await connect(server, { knownHostsFiles: [join(server.home, "none"), second] });
});

test("names a known hosts file that it cannot read", async () => {
  await expect(connect(server, { knownHostsFiles: [server.home] })).rejects.toThrow(
    /cannot read the known hosts: EISDIR/,
  );
});

test("remembers a new host in a file that it makes, for its owner alone", async () => {
  const directory = join(server.home, "new", ".ssh");
  const file = join(directory, "known_hosts");
  await connect(server, { acceptNewHostKeys: true, knownHostsFiles: [file] });
  expect(readFileSync(file, "utf8")).toBe(`${name} ${publicLine(ED25519)}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  await connect(server, { knownHostsFiles: [file] });
});

test("remembers hosts that come at the same time, each once, behind a last line without its end", async () => {
  const servers = await Promise.all(Array.from({ length: 8 }, () => startFakeServer()));
  writeFileSync(server.knownHosts, "# no line end");
  await Promise.all(
    [...servers, ...servers].map((one) => connect(one, { acceptNewHostKeys: true })),
  );
  const lines = readFileSync(server.knownHosts, "utf8").split("\n");
  expect(lines.shift()).toBe("# no line end");
  expect(lines.pop()).toBe("");
  expect(lines.map((line) => line.split(" ")[0]).sort()).toEqual(
    servers.map(({ port }) => `[127.0.0.1]:${port}`).sort(),
  );
  for (const one of servers) one.stop();
});

test("does not log in where it cannot remember the key", async () => {
  rmSync(server.knownHosts);
  const blocked = join(server.home, "file");
  appendFileSync(blocked, "");
  const file = join(blocked, "known_hosts");
  await expect(
    connect(server, { acceptNewHostKeys: true, knownHostsFiles: [file] }),
  ).rejects.toThrow(`cannot remember the host's key in ${file}`);
  expect(server.heard).toEqual([]);
});
