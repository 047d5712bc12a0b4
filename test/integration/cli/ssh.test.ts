import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateKey, type SshServer, startSshServer } from "../../support/ssh-server.ts";
import { weftOnTerminal } from "../../support/terminal.ts";
import { weft } from "../../support/weft-cli.ts";

let host: SshServer;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  host = await startSshServer();
  env = { HOME: host.home, SSH_AUTH_SOCK: "" };
});
afterAll(() => host.stop());

const config = (text: string): void => {
  const block = (name: string) => `Host ${name}\n HostName 127.0.0.1\n Port ${host.port}\n`;
  writeFileSync(join(host.home, ".ssh", "config"), `${block("web")}${block("db")}${text}`);
};
const exec = ["exec", "all", "-i", "web,db,", "--", "echo in"];

describe("~/.ssh/config", () => {
  it("tells how to reach hosts that an inventory only names", async () => {
    config("Host *\n User root\n");
    const { code, stdout, stderr } = await weft(exec, { env });
    expect(stderr).toBe("");
    expect(stdout).toContain("in\n");
    expect(code).toBe(0);
  });

  it("with a fault is a problem before any host is touched", async () => {
    config("Host db\n CanonicalizeHostname yes\n");
    const { code, stdout, stderr } = await weft(exec, { env });
    expect(stdout).toBe("");
    expect(stderr).toContain(
      `host db: ${host.home}/.ssh/config:8: CanonicalizeHostname is not supported`,
    );
    expect(code).toBe(1);
  });
});

describe("an encrypted key", () => {
  const locked = () => {
    const key = join(host.directory, `locked${Math.random()}`);
    generateKey(key, "ed25519", "open sesame");
    writeFileSync(join(host.directory, "authorized_keys"), readFileSync(`${key}.pub`));
    config(`Host *\n User root\n IdentityFile ${key}\n`);
    return key;
  };

  const onTerminal = (args: readonly string[], answers: readonly string[]) =>
    weftOnTerminal(args, { env, answers, question: "Passphrase for" });

  it("is opened by one question for all hosts, which shows nothing", async () => {
    const key = locked();
    const { code, screen } = await onTerminal(exec, ["wrong\r", "open sesamx\x7fe\r"]);
    expect(screen).toContain(`Passphrase for ${key} (empty: go without): `);
    expect(screen.split("Passphrase for")).toHaveLength(3);
    expect(screen).toContain("Wrong. Passphrase");
    expect(screen).not.toContain("sesam");
    expect(screen).toContain("in\r\n");
    expect(code).toBe(0);
  });

  it("is not asked for without a terminal", async () => {
    const key = locked();
    const { code, stderr, stdout } = await weft(exec, { env });
    expect(stdout + stderr).toContain(`${key} (encrypted, no passphrase given)`);
    expect(code).toBe(4);
  });

  it("ends weft on Ctrl-C at the question", async () => {
    locked();
    const { code, screen } = await onTerminal(exec, ["\x03"]);
    expect(screen).not.toContain("in\r\n");
    expect(code).toBe(130);
  });
});

it("runs on this machine itself where the inventory says so", async () => {
  const inventory = join(host.directory, "local.ini");
  writeFileSync(inventory, "here ansible_connection=local\n");
  const { code, stdout } = await weft(["exec", "here", "-i", inventory, "--", "echo $PPID"], {
    env,
  });
  expect(stdout).toMatch(/\d+/);
  expect(code).toBe(0);
});
