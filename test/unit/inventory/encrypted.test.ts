import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { ageFile } from "../../../src/inventory/age-file.ts";
import { readExtraVars } from "../../../src/inventory/ansible/extra-vars.ts";
import { loadSources } from "../../../src/inventory/ansible/load.ts";
import { defineContract } from "../../../src/inventory/contract.ts";
import { resolveLayers } from "../../../src/inventory/resolve.ts";
import { secretString } from "../../../src/inventory/secret-string.ts";
import { encrypt, generateKey } from "../../../src/secrets/age.ts";
import { Keyring } from "../../../src/secrets/keyring.ts";
import { useKeyring } from "../../../src/secrets/open-secrets.ts";
import { Secret } from "../../../src/shell/secret.ts";
import { scratch } from "../../support/scratch.ts";

const files = scratch();
afterAll(() => files.remove());

const key = await generateKey();
useKeyring(
  new Keyring({
    identityFiles: [files.write("age.key", key.identity)],
    defaultIdentityFile: "none",
  }),
);

/** Writes a file that is encrypted. */
const seal = async (name: string, text: string): Promise<string> =>
  files.write(name, await encrypt(Buffer.from(text), { recipients: [key.recipient] }, "test"));

const revealed = (value: unknown): unknown => (value instanceof Secret ? value.reveal() : value);
const text = (path: string): string => path.slice(files.folder.length + 1);

describe("an age file of a typed inventory", () => {
  const schema = z.object({
    db: z.object({ password: secretString(z.string().min(8)), pin: secretString() }),
  });

  it("gives its values as secrets, numbers as they are written", async () => {
    const file = await seal("good.age.yml", "db:\n  password: correct horse\n  pin: 0123\n");
    const { db } = await ageFile(pathToFileURL(file), schema);
    expect(db.password).toBeInstanceOf(Secret);
    expect(db.password.reveal()).toBe("correct horse");
    expect(db.pin.reveal()).toBe("0123");
    expect(JSON.stringify(db)).not.toContain("correct");
  });

  it.each([
    ["too short", "db: {password: tiny-pw, pin: 1}", "db.password: Too small"],
    ["missing", "db: {password: long-enough-pw}", "db.pin: expected a secret or a text"],
    ["misspelt", "db: {password: long-enough-pw, pin: 1, pni: 2}", "db.pni: unknown variable"],
    ["of another shape", "db: [long-enough-pw]", "db: Invalid input: expected object"],
    ["no YAML", "db: {password: 'long-enough-pw", ":1:"],
    ["no mapping", "long-enough-pw", "Invalid input: expected object"],
  ])("tells file and field and never the value where one is %s", async (_, yaml, message) => {
    const error = await ageFile(await seal("bad.age.yml", yaml), schema).catch(String);
    expect(error).toContain("bad.age.yml");
    expect(error).toContain(message);
    expect(error).not.toMatch(/tiny-pw|long-enough-pw/);
  });

  it("must be there, and encrypted", async () => {
    await expect(ageFile("nowhere.yml", schema)).rejects.toThrow("nowhere.yml: no such file");
    await expect(ageFile(files.write("plain.yml", "db: x"), schema)).rejects.toThrow(
      "plain.yml is not encrypted",
    );
  });
});

describe("beside an Ansible inventory", () => {
  const load = async () => {
    const path = files.write("inv/hosts.ini", "[web]\nweb-1\n");
    return loadSources([{ kind: "file", path, file: text(path) }], { shown: text });
  };
  const contract = defineContract({
    web: z.object({ user: z.string(), token: secretString(), port: z.number().optional() }),
  });

  it("an encrypted file of variables counts over the plain one", async () => {
    files.write("inv/group_vars/web.yml", "user: app\ntoken: plain\n");
    await seal("inv/group_vars/web.age.yml", "token: from the sealed file\n");
    await seal("inv/host_vars/web-1.yml", "ansible_password: login-pw\nansible_port: 2222\n");
    const { layer } = await load();
    const { hosts, groups } = resolveLayers([layer], contract);
    const vars = groups.get("web")?.[0]?.vars as z.output<typeof contract.groups.web>;
    expect(vars.user).toBe("app");
    expect(vars.token.reveal()).toBe("from the sealed file");
    expect(hosts[0]?.connection.port).toBe(2222);
    expect(hosts[0]?.connection.password?.reveal()).toBe("login-pw");
  });

  it("a variable that the contract does not know for a secret is explained, not shown", async () => {
    await seal("inv/group_vars/web.age.yml", "token: t0ken\nport: 80801\n");
    const { layer } = await load();
    const error = String(
      (() => {
        try {
          return resolveLayers([layer], contract);
        } catch (fault) {
          return fault;
        }
      })(),
    );
    expect(error).toContain("inv/group_vars/web.age.yml: host web-1, web.port: ");
    expect(error).toContain("encrypted file");
    expect(error).toContain("secretString()");
    expect(error).not.toContain("80801");
  });
});

it("variables of the command line may be encrypted", async () => {
  const { vars } = await readExtraVars([
    `@${await seal("extra.yml", "token: [a-secret, {x: 1}]\n")}`,
  ]);
  const value = vars.get("token")?.value as readonly [unknown, { readonly x: unknown }];
  expect([revealed(value[0]), revealed(value[1].x)]).toEqual(["a-secret", "1"]);
});
