import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "../../../src/ui/findings-text.ts";
import { type Scratch, scratch } from "../../support/scratch.ts";
import { type SshServer, startSshServer } from "../../support/ssh-server.ts";
import { weft } from "../../support/weft-cli.ts";

let sshd: SshServer;
let files: Scratch;
let agent: { readonly SSH_AUTH_SOCK: string; readonly SSH_AGENT_PID: string };
let inventory: string;

beforeAll(async () => {
  files = scratch();
  sshd = await startSshServer();
  const socket = join(files.folder, "agent");
  const said = execFileSync("ssh-agent", ["-s", "-a", socket], { encoding: "utf8" });
  const pid = /SSH_AGENT_PID=(\d+)/.exec(said)?.[1] ?? "";
  agent = { SSH_AUTH_SOCK: socket, SSH_AGENT_PID: pid };
  execFileSync("ssh-add", ["-q", sshd.key], { env: { ...process.env, ...agent } });
  const at = `ansible_host=127.0.0.1 ansible_port=${sshd.port} ansible_user=root`;
  inventory = files.write(
    "hosts.ini",
    `by-key ${at} ansible_ssh_private_key_file=${sshd.key}
by-agent ${at}
here ansible_connection=local
dead ansible_host=127.0.0.1 ansible_port=1
`,
  );
});
afterAll(async () => {
  await sshd?.stop();
  if (agent) process.kill(Number(agent.SSH_AGENT_PID));
  files.remove();
});

const doctor = (...args: readonly string[]) =>
  weft(["doctor", ...args], { env: { HOME: sshd.home, ...agent } });

describe("weft doctor", () => {
  it("finds nothing wrong where nothing is", async () => {
    const { stdout, code } = await doctor("-i", inventory);
    expect(stdout).toMatch(/^node +ok +Node \d/m);
    expect(stdout).toMatch(/^agent +ok +1 key: ssh-ed25519 test$/m);
    expect(stdout).toMatch(/^inventory +ok +.*hosts\.ini: 4 hosts/m);
    expect(stdout).toMatch(/\n\n\d+ checks: (all is well|0 problems, \d warnings?)\n$/);
    expect(code).toBe(0);
  });

  it("says of each host what let weft in, or why nothing did", async () => {
    const { stdout, code } = await doctor("all", "-i", inventory, "-o", "json");
    const found = (JSON.parse(stdout) as readonly Finding[]).filter(({ area }) =>
      /^(by-|here|dead)/.test(area),
    );
    expect(found).toEqual([
      { area: "by-key", level: "ok", message: `root with the key ${sshd.key}` },
      { area: "by-agent", level: "ok", message: "root with the agent's key ssh-ed25519 test" },
      { area: "here", level: "ok", message: "this machine itself" },
      expect.objectContaining({
        area: "dead",
        level: "problem",
        message: expect.stringMatching(/^unreachable: 127\.0\.0\.1:1: connection refused/),
      }),
    ]);
    expect(code).toBe(1);
  });

  it("says what is wrong with an inventory, and goes on with the rest", async () => {
    const wrong = files.write("wrong.ini", "web-1 ansible_port=many\n");
    const { stdout, code } = await doctor("all", "-i", wrong);
    expect(stdout).toMatch(/^inventory +problem +.*wrong\.ini/m);
    expect(stdout).toMatch(/^agent +ok/m);
    expect(code).toBe(1);
  });
});
