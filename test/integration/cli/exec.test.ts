import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Scratch, scratch } from "../../support/scratch.ts";
import { type SshServer, startSshServer } from "../../support/ssh-server.ts";
import { weft } from "../../support/weft-cli.ts";

let sshd: SshServer;
let files: Scratch;
let inventory: string;

// Three names for one private sshd, and one that nobody answers.
beforeAll(async () => {
  files = scratch();
  sshd = await startSshServer();
  const host = `{ address: "127.0.0.1", port: ${sshd.port}, agent: false, identityFiles: [${JSON.stringify(sshd.key)}], knownHostsFiles: [${JSON.stringify(sshd.knownHosts)}] }`;
  inventory = files.write(
    "three.ts",
    `import { defineContract, inventory } from "weft";
export default inventory(defineContract({}), {
  hosts: { one: ${host}, two: ${host}, three: ${host}, dead: { address: "127.0.0.1", port: 1, agent: false } },
  groups: {},
  hint: "dead is asleep: wake it",
});
`,
  );
});
afterAll(async () => {
  await sshd.stop();
  files.remove();
});

const run = (...args: string[]) => weft([...args, "-i", inventory]);

describe("weft exec", () => {
  it("shows what hosts agree on once", async () => {
    const result = await weft(["exec", "all:!dead", "-i", inventory, "--", "echo", "$((20 + 1))"]);
    expect(result.stdout).toBe("one,two,three (3)\n  21\n");
    expect(result.code).toBe(0);
  });

  it("keeps to the hosts that --limit leaves of the pattern", async () => {
    const result = await weft(["exec", "all", "-l", "t*", "-i", inventory, "--", "echo hi"]);
    expect(result.stdout).toBe("two,three (2)\n  hi\n");
  });

  it("takes the lines of a retry file for one pattern", async () => {
    const retry = files.write("hosts.retry", "# of yesterday\none\nthree\ntwo\n!three\n!dead\n");
    const { stdout } = await run("exec", "all", "--limit", `@${retry}`, "echo", "here");
    expect(stdout).toBe("one,two (2)\n  here\n");
  });

  it.each([
    ["", []],
    ["all", ["--limit", " "]],
  ])("an empty pattern is for no host: %j %j", async (pattern, more) => {
    const { code, stdout, stderr } = await run("exec", pattern, ...more, "echo", "here");
    expect(stdout).toBe("");
    expect(stderr).toContain("the pattern of hosts is empty");
    expect(code).toBe(1);
  });

  it("refuses a time limit that is none, and runs nothing", async () => {
    const { code, stderr } = await run("exec", "one", "--timeout", "soon", "echo", "here");
    expect(stderr).toContain("--timeout: expected seconds above 0, got NaN");
    expect(code).toBe(1);
  });

  it("does not mind a reader that has seen enough", async () => {
    const line = `node bin/weft.js exec one -i ${inventory} -- seq 300000 2>&1 | head -2`;
    const { stdout } = await promisify(execFile)("sh", ["-c", line]);
    expect(stdout).toBe("one\n  1\n");
  });

  it("is exit 2 where the command failed, with what it printed", async () => {
    const result = await weft(["exec", "one", "-i", inventory, "--", "echo no >&2; exit 7"]);
    expect(result.stdout).toBe("one  exit code 7\n  no\n");
    expect(result.code).toBe(2);
  });

  it("is exit 4 where a host is unreachable, and the others answer", async () => {
    const result = await weft(["exec", "one:dead", "-i", inventory, "--", "echo hi"]);
    expect(result.stdout).toBe("one\n  hi\n");
    expect(result.stderr).toMatch(/^dead: unreachable: 127\.0\.0\.1:1: connection refused/);
    expect(result.stderr).toMatch(/dead is asleep: wake it/);
    expect(result.code).toBe(4);
  });

  it("without a command says what is missing", async () => {
    const result = await run("exec", "all");
    expect(result.stderr).toMatch(/say what to run, after --/);
    expect(result.code).toBe(1);
  });
});

describe("weft ping", () => {
  it("says who answers", async () => {
    const result = await run("ping", "one");
    expect(result.stdout).toMatch(/^one {2}answers in [\d.]+ ms\n$/);
    expect(result.code).toBe(0);
  });
});
