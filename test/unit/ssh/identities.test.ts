import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Problem } from "../../../src/problem.ts";
import { secret } from "../../../src/shell/secret.ts";
import { IdentityStore } from "../../../src/ssh/identities.ts";
import { SetupError } from "../../../src/ssh/setup-error.ts";
import { SshConfig } from "../../../src/ssh/ssh-config.ts";
import { ssh2Transport } from "../../../src/ssh/ssh2-transport.ts";
import { resolveTarget } from "../../../src/ssh/target.ts";
import type { Connection } from "../../../src/ssh/transport.ts";
import { newKey, publicLine } from "../../support/ssh-fake-server.ts";

const ED25519 = newKey();
const ENCRYPTED = newKey("ed25519", "open sesame");

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "weft-keys-"));
  mkdirSync(join(home, ".ssh"));
});
afterEach(() => rmSync(home, { recursive: true }));

const write = (name: string, text: string) => {
  const file = join(home, ".ssh", name);
  writeFileSync(file, text);
  return file;
};
const user = () => ({ home, userName: "me" });
/** What a connection of the inventory comes to. */
const choice = (connection: Partial<Connection>, agentSocket?: string) =>
  resolveTarget({ address: "host", ...connection }, new SshConfig(join(home, "none"), user()), {
    ...user(),
    agentSocket,
  });
const load = (connection: Partial<Connection> = {}, agentSocket?: string) =>
  new IdentityStore(user()).load(choice(connection, agentSocket));

describe("the default files", () => {
  test("are used where they are, the best first", () => {
    const rsa = write("id_rsa", newKey("ecdsa"));
    const ed = write("id_ed25519", ED25519);
    write("id_other", ED25519);
    expect(load().keys.map(({ file }) => file)).toEqual([ed, rsa]);
  });

  test("are left out, with the reason, where they cannot be used", () => {
    const locked = write("id_ed25519", ENCRYPTED);
    const broken = write("id_rsa", "no key");
    expect(load()).toMatchObject({
      keys: [],
      skipped: [
        `${locked} (encrypted, no passphrase given)`,
        expect.stringMatching(`^${broken} \\(.* is no private key that can be read`),
      ],
    });
  });

  test("may be missing", () => {
    expect(load()).toEqual({ keys: [], skipped: [], publicKeys: [] });
  });
});

describe("a named file", () => {
  test.each([
    ["that is missing", undefined, {}, /own does not exist$/],
    ["that is no key", "hello", {}, /own is no private key that can be read/],
    ["that is a public key", publicLine(ED25519), {}, /own is a public key$/],
    ["that is encrypted", ENCRYPTED, {}, /own is encrypted, and no passphrase is given$/],
    [
      "with a wrong passphrase",
      ENCRYPTED,
      { passphrase: secret("wrong") },
      /the passphrase given for the key .*own is wrong$/,
    ],
  ])("%s is an error that names it", (_what, text, more, message) => {
    if (text !== undefined) write("own", text);
    const loading = () => load({ identityFiles: ["~/.ssh/own"], ...more });
    expect(loading).toThrow(SetupError);
    expect(loading).toThrow(message);
  });

  test("that is a directory is an error that names it", () => {
    expect(() => load({ identityFiles: [home] })).toThrow(`the key ${home} cannot be read`);
  });

  test("opens with its passphrase", () => {
    const file = write("own", ENCRYPTED);
    const { keys } = load({ identityFiles: [file], passphrase: secret("open sesame") });
    expect(keys[0]?.key.isPrivateKey()).toBe(true);
  });

  test("that is encrypted is left to the agent where there is one", () => {
    const file = write("own", ENCRYPTED);
    const connection = { identityFiles: [file] };
    expect(load(connection, "/run/agent").skipped).toEqual([
      `${file} (encrypted, no passphrase given)`,
    ]);
    expect(() => load({ ...connection, agent: false }, "/run/agent")).toThrow("is encrypted");
  });
});

test("reads each file once for all hosts", () => {
  const file = write("own", ED25519);
  const store = new IdentityStore({ home, userName: "me" });
  const own = choice({ identityFiles: [file] });
  const [first] = store.load(own).keys;
  chmodSync(file, 0);
  rmSync(file);
  expect(store.load(own).keys[0]?.key).toBe(first?.key);
});

test("a bad key is a problem of the inventory, found before any connection", async () => {
  const transport = ssh2Transport({ home, userName: "me" });
  const hosts = [
    { name: "good", connection: { address: "a" } },
    { name: "bad", connection: { address: "b", identityFiles: ["~/.ssh/none"] } },
  ];
  const check = () => transport.prepare(hosts, "inventory/lab.ts");
  await expect(check()).rejects.toThrow(Problem);
  await expect(check()).rejects.toThrow(
    `inventory/lab.ts: host bad: the key ${home}/.ssh/none does not exist`,
  );
});
