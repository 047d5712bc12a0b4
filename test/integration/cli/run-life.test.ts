import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Scratch, scratch } from "../../support/scratch.ts";
import { type SshServer, startSshServer } from "../../support/ssh-server.ts";
import { weft } from "../../support/weft-cli.ts";

// One real sshd, and a playbook that puts lines into files of a scratch folder; one of its tasks waits
// as long as a file called "wait" is there.
let sshd: SshServer;
let files: Scratch;
let site: string;
let inventory: string;

const at = (name: string): string => join(files.folder, "made", name);
const marks = (): string[] => ["a", "b", "c"].filter((name) => existsSync(at(name)));

beforeAll(async () => {
  files = scratch();
  files.write("made/.keep", "");
  sshd = await startSshServer();
  const contract = files.write(
    "contract.ts",
    `import { defineContract } from "weft";
import { z } from "zod";
export const contract = defineContract({ web: z.object({}) });
`,
  );
  inventory = files.write(
    "inventory.ts",
    `import { inventory } from "weft";
import { contract } from ${JSON.stringify(contract)};
export default inventory(contract, {
  hosts: { one: { address: "127.0.0.1", port: ${sshd.port}, agent: false, identityFiles: [${JSON.stringify(sshd.key)}], knownHostsFiles: [${JSON.stringify(sshd.knownHosts)}] } },
  groups: { web: { one: {} } },
});
`,
  );
  site = files.write(
    "site.ts",
    `import { change, playbook, sh, task } from "weft";
import { contract } from ${JSON.stringify(contract)};
const folder = ${JSON.stringify(`${at("")}/`)};
const mark = (name: string) => task({
  title: \`mark \${name}\`,
  probe: { command: sh\`[ -e \${folder + name} ] && echo yes || echo no\`, parse: ({ stdout }) => stdout.trim() === "yes" },
  plan: (made) => change(!made, \`make \${name}\`, sh\`cd \${folder}; [ ! -e break-\${name} ] || exit 3; while [ -e wait-\${name} ]; do sleep 0.1; done; echo once >>\${name}\`,
    { diff: { subject: name, before: "", after: "once\\n" } }),
});
export default playbook(contract, [{ name: "Mark", hosts: "web", tasks: () => [mark("a"), mark("b"), mark("c")] }]);
`,
  );
});

beforeEach(() => {
  for (const name of ["a", "b", "c", "wait-b", "break-b"]) rmSync(at(name), { force: true });
});

afterAll(async () => {
  await sshd.stop();
  files.remove();
});

const run = (...args: string[]) => weft(["run", site, "-i", inventory, "-o", "plain", ...args]);

const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 50));
};

describe("a plan", () => {
  const plan = () => join(files.folder, "site.plan");
  const makePlan = () => weft(["plan", site, "-i", inventory, "-o", "plain", "--out", plan()]);
  const apply = () => weft(["apply", plan(), "-o", "plain"]);

  it("is shown with its diffs, kept for its owner only, and applied", async () => {
    writeFileSync(at("a"), "once\n");
    const made = await makePlan();
    expect(made.stdout).toContain("would change: mark b");
    expect(made.stdout).toContain("+once");
    expect(made.code).toBe(0);
    expect(marks()).toEqual(["a"]);
    expect(statSync(plan()).mode & 0o777).toBe(0o600);
    const applied = await apply();
    expect(applied.stderr).toBe("");
    expect(applied.code).toBe(0);
    expect(marks()).toEqual(["a", "b", "c"]);
  });

  it("is applied where a task fails whose errors are ignored", async () => {
    const text = readFileSync(site, "utf8");
    writeFileSync(
      site,
      text
        .replace("import { change,", "import { change, ignoreErrors,")
        .replace(
          'tasks: () => [mark("a")',
          `tasks: () => [ignoreErrors(task({ title: "broken", probe: { command: sh\`true\`, parse: () => { throw new Error("no") } }, plan: () => [] })), mark("a")`,
        ),
    );
    expect((await makePlan()).code).toBe(0);
    const applied = await apply();
    writeFileSync(site, text);
    expect(applied.stdout).toContain("ignored");
    expect(applied.code).toBe(0);
    expect(marks()).toEqual(["a", "b", "c"]);
  });

  it("is refused where a host has moved on, and nothing is changed", async () => {
    await makePlan();
    writeFileSync(at("b"), "by hand\n");
    const { code, stderr } = await apply();
    expect(code).toBe(1);
    expect(stderr).toContain("one: planned was mark b (make b), now due is mark c (make c)");
    expect(marks()).toEqual(["b"]);
  });

  it("is refused where the playbook would do it in another way", async () => {
    await makePlan();
    const text = readFileSync(site, "utf8");
    writeFileSync(site, text.replace("echo once", "echo twice"));
    const { code, stderr } = await apply();
    writeFileSync(site, text);
    expect(stderr).toContain("one: mark a (make a) would be done in another way now");
    expect(code).toBe(1);
    expect(marks()).toEqual([]);
  });

  it("that is none is a problem", async () => {
    writeFileSync(plan(), '{"weftPlan":2}');
    const { code, stderr } = await apply();
    expect(stderr).toContain("this is no plan");
    expect(code).toBe(1);
  });
});

describe("a run that stopped", () => {
  it("goes on at the task where it failed", async () => {
    writeFileSync(at("break-b"), "");
    expect((await run()).code).toBe(2);
    rmSync(at("break-b"));
    // Had it started at the beginning, this would be made again.
    rmSync(at("a"));
    const again = await run("--resume");
    expect(again.code).toBe(0);
    expect(marks()).toEqual(["b", "c"]);
    const done = await run("--resume");
    expect(done.stderr).toContain("came to its end");
    expect(done.code).toBe(1);
  });

  it("goes on after the control machine's process was killed, and takes over the host", async () => {
    writeFileSync(at("wait-b"), "");
    const killed = weft(["run", site, "-i", inventory, "-o", "json"], {
      onOutput: (stdout, kill) => {
        if (stdout.includes('"summary":"make b"')) kill("SIGKILL");
      },
    });
    expect((await killed).code).toBeNull();
    expect(marks()).toEqual(["a"]);
    rmSync(at("wait-b"));
    const again = await run("--resume", "-v");
    expect(again.stdout).not.toContain("mark a");
    expect(again.code).toBe(0);
    expect(marks()).toEqual(["a", "b", "c"]);
  });
});

describe("two runs over one host", () => {
  it("the second is refused and told who is there, or waits", async () => {
    writeFileSync(at("wait-b"), "");
    const first = run();
    await until(() => existsSync(at("a")));
    const second = await run();
    expect(second.code).toBe(2);
    expect(second.stdout).toMatch(/another run works on this host: \S+@\S+ with \S*site\.ts since/);
    expect((await run("--check")).code).toBe(0);
    const third = weft(["run", site, "-i", inventory, "-o", "plain", "--lock-wait", "30"], {
      onOutput: (stdout) => {
        if (stdout.includes("waiting: another run")) rmSync(at("wait-b"), { force: true });
      },
    });
    expect((await first).code).toBe(0);
    const waited = await third;
    expect(waited.stdout).toContain("waiting: another run has this host");
    expect(waited.code).toBe(0);
    expect(readFileSync(at("b"), "utf8")).toBe("once\n");
  });
});

describe("--step", () => {
  it("asks before each task", async () => {
    const screen = await new Promise<string>((resolve) => {
      const command = [process.execPath, "bin/weft.js", "run", site, "-i", inventory, "--step"];
      const quoted = command.map((word) => `'${word}'`).join(" ");
      const child = spawn("script", ["-qefc", quoted, "/dev/null"], {
        env: { ...process.env, NO_COLOR: "1" },
        stdio: ["pipe", "pipe", "inherit"],
      });
      const answers = ["y", "n", "c"];
      let answered = 0;
      let shown = "";
      child.stdout.on("data", (chunk: Buffer) => {
        shown += chunk.toString();
        const asked = shown.split("(c)ontinue: ").length - 1;
        for (; answered < asked; answered += 1) child.stdin.write(`${answers[answered]}\n`);
      });
      child.on("close", () => resolve(shown));
    });
    expect(screen).toContain("Mark: mark a? (N)o/(y)es/(c)ontinue:");
    expect(marks()).toEqual(["a", "c"]);
  });

  it("is refused where nobody can be asked", async () => {
    const { code, stderr } = await run("--step");
    expect(stderr).toContain("no terminal");
    expect(code).toBe(1);
  });
});
