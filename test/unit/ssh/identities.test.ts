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

describe("an encrypted key", () => {
  const hosts = (connection: Partial<Connection>) =>
    ["one", "two"].map((name) => ({ name, connection: { address: name, ...connection } }));
  const prepare = async (connection: Partial<Connection>, answers: readonly string[]) => {
    const asked: [file: string, wrong: boolean][] = [];
    const transport = ssh2Transport({
      home,
      userName: "me",
      askPassphrase: async (file, wrong) => {
        asked.push([file, wrong]);
        return answers[asked.length - 1];
      },
    });
    const error = await transport.prepare(hosts(connection), "hosts").catch((reason) => reason);
    return { asked, error };
  };

  test("is asked for once for all hosts, up to three times", async () => {
    const file = write("own", ENCRYPTED);
    expect(await prepare({ identityFiles: [file] }, ["wrong", "open sesame"])).toEqual({
      asked: [
        [file, false],
        [file, true],
      ],
      error: undefined,
    });
    const { asked, error } = await prepare({ identityFiles: [file] }, ["a", "b", "c", "d"]);
    expect(asked).toHaveLength(3);
    expect(error.message).toContain("own is encrypted, and no passphrase is given");
  });

  test("is left out where the answer is empty", async () => {
    const file = write("own", ENCRYPTED);
    const { asked, error } = await prepare({ identityFiles: [file] }, [""]);
    expect(asked).toHaveLength(1);
    expect(error.message).toContain("own is encrypted");
  });

  test("is not asked for where the inventory opens it", async () => {
    const file = write("own", ENCRYPTED);
    const connection = { identityFiles: [file], passphrase: secret("open sesame") };
    expect(await prepare(connection, [])).toEqual({ asked: [], error: undefined });
  });

  test("of the default ones is asked for only where there is nothing else", async () => {
    const file = write("id_ed25519", ENCRYPTED);
    expect((await prepare({}, ["open sesame"])).asked).toEqual([[file, false]]);
    expect((await prepare({ password: secret("hush") }, [])).asked).toEqual([]);
    write("id_rsa", newKey("ecdsa"));
    expect((await prepare({}, [])).asked).toEqual([]);
  });
});

describe("key files of ~/.ssh/config", () => {
  const loadConfigured = (text: string) => {
    const target = resolveTarget(
      { address: "web" },
      new SshConfig(write("config", text), user()),
      user(),
    );
    return new IdentityStore(user()).load(target);
  };

  test("may be missing, encrypted or only public, and are told as left out", () => {
    const [good, locked] = [write("good", ED25519), write("locked", ENCRYPTED)];
    const gone = join(home, ".ssh", "gone");
    const named = write("named.pub", publicLine(ED25519));
    const lines = [gone, good, locked, named].map((file) => `IdentityFile ${file}`);
    const { keys, skipped, publicKeys } = loadConfigured(lines.join("\n"));
    expect(keys.map(({ file }) => file)).toEqual([good]);
    expect(skipped).toEqual([
      `${gone} (does not exist)`,
      `${locked} (encrypted, no passphrase given)`,
    ]);
    expect(publicKeys).toHaveLength(2);
  });

  test("with a certificate beside are used without it, and the certificate is told", () => {
    const good = write("good", ED25519);
    write("good-cert.pub", "ssh-ed25519-cert-v01@openssh.com AAAA");
    expect(loadConfigured(`IdentityFile ${good}`).skipped).toEqual([
      `${good}-cert.pub (weft logs in with plain keys only)`,
    ]);
  });
});
