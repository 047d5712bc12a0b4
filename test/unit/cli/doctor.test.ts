import { chmodSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkAgent } from "../../../src/cli/doctor/agent.ts";
import { checkDefaultKeys, checkKeyFiles } from "../../../src/cli/doctor/keys.ts";
import { checkKnownHosts } from "../../../src/cli/doctor/known-hosts.ts";
import {
  checkClock,
  checkNode,
  checkState,
  checkTerminal,
} from "../../../src/cli/doctor/machine.ts";
import { checkSshConfig } from "../../../src/cli/doctor/ssh-config.ts";
import { checkSshFolder } from "../../../src/cli/doctor/ssh-folder.ts";
import { type Scratch, scratch } from "../../support/scratch.ts";
import { generateKey } from "../../support/ssh-server.ts";

let files: Scratch;
let home: string;

beforeEach(() => {
  files = scratch();
  home = files.folder;
  mkdirSync(join(home, ".ssh"), { mode: 0o700 });
});
afterEach(() => files.remove());

const write = (name: string, text: string): string => {
  const file = files.write(`.ssh/${name}`, text);
  chmodSync(file, 0o600);
  return file;
};

describe("doctor on Node", () => {
  it.each([
    ["v20.19.0", "ok"],
    ["v22.1.0", "ok"],
    ["v20.18.3", "problem"],
    ["v18.20.0", "problem"],
  ])("%s is %s", (version, level) => {
    expect(checkNode(version, ">=20.19").level).toBe(level);
  });
});

describe("doctor on the terminal", () => {
  const terminal = { isTTY: true, columns: 80, rows: 24, color: true, env: { LANG: "C.UTF-8" } };

  it("finds a good one good, and no terminal no fault", () => {
    expect(checkTerminal(terminal)).toEqual([
      { area: "terminal", level: "ok", message: "80 x 24, with colour" },
    ]);
    expect(checkTerminal({ ...terminal, isTTY: false, env: {} })).toMatchObject([{ level: "ok" }]);
  });

  it("warns of a narrow one, and of a locale without UTF-8", () => {
    const env = { LANG: "en_US.UTF-8", LC_ALL: "C" };
    const [size, locale] = checkTerminal({ ...terminal, columns: 40, env });
    expect(size).toMatchObject({ level: "warning", fix: "make it 60 columns wide" });
    expect(locale).toMatchObject({ level: "warning", fix: "export LC_ALL=C.UTF-8" });
  });
});

describe("doctor on the clock", () => {
  const built = Date.UTC(2026, 0, 1);
  it.each([
    [built + 1, true, "ok"],
    [built + 1, undefined, "ok"],
    [built + 1, false, "warning"],
    [built - 1, true, "problem"],
  ] as const)("%i, kept right: %s, is %s", (now, synchronized, level) => {
    expect(checkClock(now, { built, synchronized }).level).toBe(level);
  });
});

describe("doctor on the state folder", () => {
  it("takes one that is not there yet", async () => {
    const found = await checkState(join(home, "not/there/yet"));
    expect(found.message).toMatch(/not\/there\/yet: [\d,]+ MiB free$/);
  });

  it("finds that a file is in its way", async () => {
    files.write("file", "");
    expect(await checkState(join(home, "file/weft"))).toMatchObject({ level: "problem" });
  });
});

describe("doctor on ~/.ssh", () => {
  it("finds a folder that others can write into", () => {
    expect(checkSshFolder(home).level).toBe("ok");
    chmodSync(join(home, ".ssh"), 0o770);
    const fix = `chmod 700 ${join(home, ".ssh")}`;
    expect(checkSshFolder(home)).toMatchObject({ level: "problem", fix });
  });

  it("counts known_hosts, and names lines that say nothing", () => {
    expect(checkKnownHosts(home)).toMatchObject({ level: "ok" });
    const key = "AAAAC3NzaC1lZDI1NTE5AAAAIJ1cpW4Y4p0S0m0i3m6v0Zk7u0aT0cC3r3bXk7dGk8mP";
    write("known_hosts", `# mine\nweb ssh-ed25519 ${key}\n\nweb ssh-ed25519 oops\n`);
    expect(checkKnownHosts(home)).toMatchObject({
      level: "warning",
      message: expect.stringMatching(/has 1 key; not understood: line 4$/),
    });
  });

  it("finds what weft refuses in the config, of every host that it names", () => {
    const user = { home, userName: "ann" };
    expect(checkSshConfig(user)).toMatchObject([{ level: "ok" }]);
    write("config", "Host a\n  Port 99999\nHost b\n  BindAddress 192.0.2.1\nHost *\n  User ann\n");
    expect(checkSshConfig(user).map(({ level, message }) => `${level} ${message}`)).toEqual([
      expect.stringMatching(/^problem .*config:2: Port 99999/),
      expect.stringMatching(/^problem .*config:4: BindAddress is not supported/),
    ]);
    write("config", "Host *\n  User ann\n");
    expect(checkSshConfig(user)).toMatchObject([{ level: "ok" }]);
  });
});

describe("doctor on keys", () => {
  it("says how to make one where there is nothing to log in with", () => {
    expect(checkDefaultKeys(home, [])).toMatchObject([
      { level: "warning", fix: "ssh-keygen -t ed25519" },
    ]);
    expect(checkDefaultKeys(home, [Buffer.from("key")])).toMatchObject([{ level: "ok" }]);
  });

  it("finds keys that others can read, that are locked, and that are none", () => {
    const open = generateKey(join(home, ".ssh/id_ed25519"));
    chmodSync(open, 0o644);
    const locked = generateKey(join(home, ".ssh/id_ecdsa"), "ecdsa", "hunter2");
    write("id_rsa", "not a key");
    expect(checkDefaultKeys(home, [])).toMatchObject([
      { level: "problem", fix: `chmod 600 ${open}` },
      { level: "warning", fix: `ssh-add ${locked}` },
      { level: "problem", message: expect.stringMatching(/id_rsa is no private key/) },
    ]);
    chmodSync(open, 0o600);
    expect(checkKeyFiles([open, `${open}.pub`, join(home, "none")], [])).toMatchObject([
      { level: "ok", message: `${open}: ssh-ed25519` },
      { level: "warning", fix: `name the private key: ${open}` },
      { level: "problem", message: expect.stringMatching(/none does not exist$/) },
    ]);
  });
});

describe("doctor on the agent", () => {
  it("finds none, and one that does not answer", async () => {
    expect((await checkAgent(undefined)).finding.level).toBe("ok");
    const gone = await checkAgent(join(home, "gone"));
    expect(gone).toMatchObject({ finding: { level: "warning" }, held: [] });
    // Something listens, and is no agent.
    const socket = join(home, "socket");
    const server = createServer((client) => client.destroy()).listen(socket);
    await new Promise((resolve) => server.once("listening", resolve));
    expect((await checkAgent(socket)).finding.message).toMatch(/does not answer/);
    server.close();
  });
});
