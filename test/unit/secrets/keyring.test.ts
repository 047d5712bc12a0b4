import { rmSync } from "node:fs";
import { Encrypter } from "age-encryption";
import { afterAll, describe, expect, it, vi } from "vitest";
import { decrypt, encrypt, generateKey, withoutArmor } from "../../../src/secrets/age.ts";
import { Keyring } from "../../../src/secrets/keyring.ts";
import { parseRecipients } from "../../../src/secrets/recipients-file.ts";
import { scratch } from "../../support/scratch.ts";

const files = scratch();
afterAll(() => files.remove());

const key = await generateKey();
const bytes = (text: string): Uint8Array => Buffer.from(text);
const sealed = async (...recipients: readonly string[]): Promise<Uint8Array> =>
  bytes(await encrypt(bytes("hidden"), { recipients }, "test"));
const keyringOf = (...identityFiles: readonly string[]): Keyring =>
  new Keyring({ identityFiles, defaultIdentityFile: `${files.folder}/none.key` });

describe("a keyring", () => {
  it("opens a file with one of its keys, which it reads once", async () => {
    const other = await generateKey();
    const file = files.write("a.key", `# mine\n${other.identity}\r\n\n${key.identity}\n`);
    const keyring = keyringOf(file);
    const first = await keyring.open(await sealed(key.recipient), "x");
    expect(Buffer.from(first.plain).toString()).toBe("hidden");
    expect(first.recipients).toBe(1);
    rmSync(file);
    const second = await keyring.open(await sealed(other.recipient, key.recipient), "y");
    expect(second.recipients).toBe(2);
  });

  it.each([
    ["an SSH key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", "is an SSH key"],
    ["a plugin's key", "AGE-PLUGIN-YUBIKEY-1QQ", "a.key:1: keys of age plugins are not supported"],
    ["something else", "# x\nAKIASECRET", "a.key:2: is no key of age"],
    ["nothing", "# x\n", "holds no key of age"],
    ["a mistyped key", "AGE-SECRET-KEY-1QQQQ", "a key of age is damaged"],
  ])("refuses %s in a key file, and does not quote it", async (_, text, message) => {
    const opening = keyringOf(files.write("a.key", `${text}\n`)).open(
      await sealed(key.recipient),
      "x",
    );
    const error = await opening.catch((fault: Error) => fault);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toMatch(/AKIA|b3Bl|QQQQ/);
  });

  it.each([
    ["where there is none", [], "x.yml is encrypted with age, and there is no key"],
    ["where a named file is not there", ["nowhere.key"], "the key file nowhere.key is not there"],
    ["where a key is given itself", ["AGE-SECRET-KEY-1ABC"], "got the key itself"],
  ])("explains %s", async (_, named, message) => {
    const opening = keyringOf(...named).open(await sealed(key.recipient), "x.yml");
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.not.toThrow("1ABC");
  });

  it("tells somebody else's file from a damaged one", async () => {
    const stranger = await generateKey();
    const keyring = keyringOf(files.write("b.key", key.identity));
    await expect(keyring.open(await sealed(stranger.recipient), "x")).rejects.toThrow(
      "x is not encrypted for you",
    );
    const text = Buffer.from(await sealed(key.recipient)).toString();
    const damaged = text.replace(
      /.(.{8}=*\n-----END)/,
      (_, rest) => `${text.at(-60) === "A" ? "B" : "A"}${rest}`,
    );
    await expect(keyring.open(bytes(damaged), "x")).rejects.toThrow("x is damaged");
    await expect(keyring.open(bytes(text.slice(0, 90)), "x")).rejects.toThrow("x is damaged");
  });

  it("asks for a passphrase once for all files, and again where it is wrong", async () => {
    const ask = vi.fn(async (_: string, wrong: boolean) => (wrong ? "open sesame" : "guess"));
    const keyring = new Keyring({
      identityFiles: [],
      defaultIdentityFile: "none",
      askPassphrase: ask,
    });
    const encrypter = new Encrypter();
    encrypter.setPassphrase("open sesame");
    // Not the second of work that it takes by default.
    encrypter.setScryptWorkFactor(4);
    const file = await encrypter.encrypt("hidden");
    const opened = await Promise.all([keyring.open(file, "x"), keyring.open(file, "y")]);
    expect(opened.map(({ passphrase }) => passphrase)).toEqual(["open sesame", "open sesame"]);
    expect(ask.mock.calls).toEqual([
      ["x", false],
      ["x", true],
    ]);
  });
});

describe("recipients", () => {
  it.each([
    ["age1qqq\nssh-ed25519 AAAA\n", "r:2: SSH keys are not supported as recipients"],
    ["AGE-SECRET-KEY-1ABC\n", "r:1: is a secret key: give the public one, which begins with age1"],
    [
      "bob@example.com\n",
      "r:1: expected a public key of age, which begins with age1: bob@example.com",
    ],
    ["# nobody\n", "r names no recipient"],
  ])("%j are refused", (text, message) => {
    expect(() => parseRecipients(text, "r")).toThrow(message);
  });

  it("that do not check are told with where they were given", async () => {
    await expect(encrypt(bytes("x"), { recipients: ["age1qqq"] }, "--recipient")).rejects.toThrow(
      "--recipient: age1qqq is no public key of age: mistyped?",
    );
  });
});

it("gives nothing where a key is another one", async () => {
  const stranger = await generateKey();
  const binary = withoutArmor(await sealed(key.recipient), "x");
  expect(await decrypt(binary, { identities: [stranger.identity] }, "x")).toBeUndefined();
});
