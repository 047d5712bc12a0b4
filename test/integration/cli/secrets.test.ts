import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Scratch, scratch } from "../../support/scratch.ts";
import { weftOnTerminal } from "../../support/terminal.ts";
import { type CliResult, weft } from "../../support/weft-cli.ts";

const TEXT = "db:\n  password: correct horse\n";

let files: Scratch;
let memory: string;
let env: Readonly<Record<string, string>>;
let ownKey: string;
let own: string;
let other: { readonly key: string; readonly recipient: string };

const secrets = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  weft(["secrets", ...args], { env: { ...env, ...more } });
const age = (args: readonly string[], input = ""): string =>
  execFileSync("age", args, { input, encoding: "utf8" });
/** An editor that runs a sed script on the file. */
const sed = (script: string) => ({ EDITOR: `sed -i '${script}'`, VISUAL: "" });

beforeAll(async () => {
  files = scratch();
  memory = mkdtempSync("/dev/shm/weft-test-");
  env = { XDG_CONFIG_HOME: join(files.folder, "config"), XDG_RUNTIME_DIR: memory };
  ownKey = join(files.folder, "config/weft/age.key");
  own = (await secrets(["keygen"])).stdout.trim();
  const key = join(files.folder, "other.key");
  execFileSync("age-keygen", ["-o", key], { stdio: "ignore" });
  const recipient = execFileSync("age-keygen", ["-y", key], { encoding: "utf8" }).trim();
  other = { key, recipient };
});
afterAll(() => {
  rmSync(memory, { recursive: true });
  files.remove();
});

const expectDone = ({ code, stderr }: CliResult): void => {
  expect(stderr).not.toContain("error");
  expect(code).toBe(0);
};

let file: string;
let count = 0;
beforeEach(() => {
  count += 1;
  file = files.write(`${count}/secrets.age.yml`, TEXT);
});

describe("weft secrets keygen", () => {
  it("makes a key that age takes, for its owner only, and overwrites none", async () => {
    expect(execFileSync("age-keygen", ["-y", ownKey], { encoding: "utf8" }).trim()).toBe(own);
    expect(statSync(ownKey).mode & 0o777).toBe(0o600);
    const before = readFileSync(ownKey, "utf8");
    const { code, stderr } = await secrets(["keygen"]);
    expect(stderr).toContain("is there already");
    expect(code).toBe(1);
    expect(readFileSync(ownKey, "utf8")).toBe(before);
  });
});

describe("weft secrets and age read each other's files", () => {
  it("encrypted by weft, in place, armored, with the mode that the file had", async () => {
    chmodSync(file, 0o640);
    expectDone(await secrets(["encrypt", file]));
    expect(readFileSync(file, "utf8")).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(age(["-d", "-i", ownKey, file])).toBe(TEXT);
    expect(readdirSync(join(file, ".."))).toEqual(["secrets.age.yml"]);
  });

  it.each([
    ["armored", ["-a"]],
    ["binary", []],
  ])("encrypted by age, %s", async (_, flags) => {
    age([...flags, "-r", other.recipient, "-r", own, "-o", `${file}.age`], TEXT);
    expect((await secrets(["decrypt", `${file}.age`])).stdout).toBe(TEXT);
    const { stdout } = await secrets(["decrypt", `${file}.age`], { WEFT_AGE_IDENTITY: other.key });
    expect(stdout).toBe(TEXT);
  });
});

describe("recipients", () => {
  it("are those of the project, or those that are given", async () => {
    files.write(`${count}/.age-recipients`, `# bob\n${other.recipient}\n`);
    expectDone(await secrets(["encrypt", file, "--out", `${file}.1`]));
    expect(age(["-d", "-i", other.key, `${file}.1`])).toBe(TEXT);
    expect((await secrets(["decrypt", `${file}.1`])).stderr).toContain("not encrypted for you");
    expectDone(await secrets(["encrypt", file, "-r", own, "--out", `${file}.2`]));
    expect(age(["-d", "-i", ownKey, `${file}.2`])).toBe(TEXT);
  });

  it("are those of now after rekey", async () => {
    expectDone(await secrets(["encrypt", file]));
    files.write(`${count}/.age-recipients`, `${other.recipient}\n`);
    expectDone(await secrets(["rekey", file]));
    expect(age(["-d", "-i", other.key, file])).toBe(TEXT);
  });
});

describe("weft secrets decrypt", () => {
  it("puts the plain text in place for its owner only, if asked to", async () => {
    chmodSync(file, 0o644);
    expectDone(await secrets(["encrypt", file]));
    expectDone(await secrets(["decrypt", "--in-place", file]));
    expect(readFileSync(file, "utf8")).toBe(TEXT);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("tells how to convert a file of ansible-vault", async () => {
    const vault = files.write(`${count}/vault.yml`, "$ANSIBLE_VAULT;1.1;AES256\n61\n");
    for (const verb of ["decrypt", "encrypt", "edit"]) {
      const { code, stderr } = await secrets([verb, vault]);
      expect(stderr).toContain(
        `ansible-vault decrypt ${vault}, then weft secrets encrypt ${vault}`,
      );
      expect(code).toBe(1);
    }
  });
});

describe("weft secrets edit", () => {
  beforeEach(async () => expectDone(await secrets(["encrypt", file])));
  const isWiped = () => expect(readdirSync(memory)).toEqual([]);

  it("encrypts what the editor left, through a link, and keeps the mode", async () => {
    chmodSync(file, 0o640);
    symlinkSync(file, `${file}.link`);
    expectDone(await secrets(["edit", `${file}.link`], sed("s/horse/donkey/")));
    expect(age(["-d", "-i", ownKey, file])).toBe(TEXT.replace("horse", "donkey"));
    expect(statSync(file).mode & 0o777).toBe(0o640);
    isWiped();
  });

  it("shows the plain text to nobody else, and on no disk", async () => {
    const seen = join(files.folder, "seen");
    const script = files.write("editor", `stat -c '%a %n' "$(dirname "$1")" "$1" >${seen}\n`);
    expectDone(await secrets(["edit", file], { EDITOR: `sh ${script}`, VISUAL: "" }));
    const [folder = "", text = ""] = readFileSync(seen, "utf8").trim().split("\n");
    expect(folder).toMatch(`700 ${memory}/weft-secrets-`);
    expect(text).toMatch(/^600 .*\/secrets\.age\.yml$/);
    isWiped();
  });

  it("leaves a file that was not changed as it is, to the byte", async () => {
    const before = readFileSync(file);
    const { stderr } = await secrets(["edit", file], { EDITOR: "true", VISUAL: "" });
    expect(stderr).toContain("not changed");
    expect(readFileSync(file).equals(before)).toBe(true);
    isWiped();
  });

  it("changes nothing where the editor fails or is killed", async () => {
    const before = readFileSync(file);
    for (const editor of ["sed -i s/horse/donkey/ x; false", "kill -9 $$; true"]) {
      const { code, stderr } = await secrets(["edit", file], { EDITOR: editor, VISUAL: "" });
      expect(stderr).toContain("Nothing was changed.");
      expect(code).toBe(1);
      isWiped();
    }
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it.each(["SIGTERM", "SIGHUP"] as const)("wipes the plain text on %s", async (signal) => {
    const started = join(files.folder, `started-${signal}`);
    const child = spawn(process.execPath, ["bin/weft.js", "secrets", "edit", file], {
      env: { ...process.env, ...env, EDITOR: `touch ${started}; exec sleep 60; :`, VISUAL: "" },
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    await expect.poll(() => existsSync(started), { timeout: 20_000 }).toBe(true);
    expect(readdirSync(memory)).toHaveLength(1);
    child.kill(signal);
    await ended;
    isWiped();
  });

  it("leaves Ctrl-C to the editor", async () => {
    const editor = files.write(
      "patient",
      `trap 'sed -i s/horse/donkey/ "$1"; exit 0' INT; echo READY; while :; do sleep 0.1; done\n`,
    );
    let pressed = false;
    const { code, screen: shown } = await weftOnTerminal(["secrets", "edit", file], {
      env: { ...env, EDITOR: `sh ${editor}`, VISUAL: "" },
      onScreen: (screen, type) => {
        if (pressed || !screen.includes("READY")) return;
        pressed = true;
        type("\x03");
      },
    });
    expect(shown).toContain("encrypted for 1 recipient");
    expect(code).toBe(0);
    expect(age(["-d", "-i", ownKey, file])).toContain("donkey");
    isWiped();
  });

  it("makes a file that is not there, and says where YAML is broken without quoting it", async () => {
    const fresh = join(file, "../fresh.yml");
    const editor = { EDITOR: `printf "a: 'hunter2-hunter2" >`, VISUAL: "" };
    const { code, stderr } = await secrets(["edit", fresh], editor);
    expect(stderr).toContain("is not YAML");
    expect(stderr).not.toContain("hunter2");
    expect(code).toBe(0);
    expect(age(["-d", "-i", ownKey, fresh])).toBe("a: 'hunter2-hunter2");
  });

  it("refuses what cannot be saved before anything is typed", async () => {
    const started = join(file, "../started");
    const editor = { EDITOR: `touch ${started}; :`, VISUAL: "" };
    const typo = `${own.slice(0, -1)}${own.endsWith("q") ? "p" : "q"}`;
    const mistyped = await secrets(["edit", file, "-r", typo], editor);
    expect(mistyped.stderr).toContain(`--recipient: ${typo} is no public key of age: mistyped?`);
    expect(mistyped.code).toBe(1);
    const nowhere = join(file, "../nowhere/secrets.age.yml");
    const unwritable = await secrets(["edit", nowhere, "-r", own], editor);
    expect(unwritable.stderr).toContain(`${nowhere} cannot be written: `);
    expect(unwritable.code).toBe(1);
    expect(existsSync(started)).toBe(false);
    isWiped();
  });

  it("refuses where recipients could be left out", async () => {
    age(["-a", "-r", other.recipient, "-r", own, "-o", file], TEXT);
    const { code, stderr } = await secrets(["edit", file], sed("s/horse/donkey/"));
    expect(stderr).toContain("is encrypted for 2 recipients, and nothing says who they are");
    expect(code).toBe(1);
  });
});

it("a passphrase is asked twice, and once for all that it opens", async () => {
  const asked = await weftOnTerminal(["secrets", "encrypt", "-p", file], {
    env,
    answers: ["open sesame\r", "open sesame\r"],
  });
  expect(asked.code).toBe(0);
  expect(asked.screen).not.toContain("sesame");
  expect(readFileSync(file, "utf8")).toContain("BEGIN AGE");
  const inventory = files.write(`${count}/hosts.ini`, "[web]\nweb-1\n");
  files.write(`${count}/host_vars/web-1.yml`, readFileSync(file, "utf8"));
  const listed = await weftOnTerminal(
    ["inventory", "-i", inventory, "--host", "web-1", "-e", `@${file}`, "--show-secrets"],
    { env, answers: ["wrong\r", "open sesame\r"], question: "Passphrase of" },
  );
  expect(listed.screen.split("Passphrase of")).toHaveLength(3);
  expect(listed.screen).toContain("Wrong. ");
  expect(listed.screen).toContain('"password": "correct horse"');
  const unasked = await secrets(["decrypt", file]);
  expect(unasked.stderr).toContain("there is no terminal to ask for it on");
  expect(unasked.code).toBe(1);
});

it("a missing key is one error before any host is touched", async () => {
  expectDone(await secrets(["encrypt", file]));
  const playbook = "playbooks/mesh.ts";
  const { code, stdout, stderr } = await weft(["run", playbook, "-e", `@${file}`], {
    env: { ...env, XDG_CONFIG_HOME: "/nonexistent" },
  });
  expect(stdout).toBe("");
  expect(stderr).toContain("is encrypted with age, and there is no key: /nonexistent/weft/age.key");
  expect(stderr.match(/error:/g)).toHaveLength(1);
  expect(code).toBe(1);
});
