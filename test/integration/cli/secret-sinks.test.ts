import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Scratch, scratch } from "../../support/scratch.ts";
import { type SshServer, startSshServer } from "../../support/ssh-server.ts";
import { weftOnTerminal } from "../../support/terminal.ts";
import { weft } from "../../support/weft-cli.ts";

/** Hard to quote, and unlike anything else on a machine. */
const PASSWORD = `Zx'9"q\\7 w&Kd%`;
const KEY_LINES = ["Q2hhbmdlIG1lIG5vdyBwbGVhc2U", "VGhpcyBpcyBubyBrZXkgYXQgYWxs"];
/** What must be found nowhere: parts that every way to write the secrets keeps whole. */
const TRACES = ["Zx'9", "Zx'\\''9", "Zx%27", "q\\7", "q\\\\7", "w&Kd", "w%26Kd", ...KEY_LINES];
const ENCODED = [PASSWORD, `user:${PASSWORD}`, `x${PASSWORD}y`]
  .map((text) => Buffer.from(text).toString("base64"))
  .map((text) => text.slice(8, 14));
const LOOKED_FOR = [...TRACES, ...ENCODED, Buffer.from("q\\7 w&Kd").toString("hex")];

const tracesIn = (text: string): readonly string[] =>
  LOOKED_FOR.filter((trace) => text.includes(trace));

let server: SshServer;
let files: Scratch;
let env: Readonly<Record<string, string>>;
let inventory: string;
let playbook: string;
let target: string;

const HOSTS = ["prints", "fails", "hangs", "dies", "bad-probe", "undone", "innocent", "here"];

beforeAll(async () => {
  server = await startSshServer();
  files = scratch();
  const { folder } = files;
  target = join(folder, "target");
  env = {
    HOME: server.home,
    SSH_AUTH_SOCK: "",
    XDG_CONFIG_HOME: join(folder, "config"),
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CACHE_HOME: join(folder, "cache"),
  };
  await weft(["secrets", "keygen"], { env });
  const sealed = join(folder, "secrets.age.yml");
  const yaml = JSON.stringify({ password: PASSWORD, key: `${KEY_LINES.join("\n")}\n` });
  const { status, stderr } = spawnSync(
    process.execPath,
    ["bin/weft.js", "secrets", "encrypt", "-", "--out", sealed],
    { input: yaml, env: { ...process.env, ...env }, encoding: "utf8" },
  );
  expect(stderr).toContain("encrypted for 1 recipient");
  expect(status).toBe(0);
  const secrets = `
import { ageFile, secretString } from "weft";
import * as z from "zod";
export const secrets = await ageFile(
  new URL("secrets.age.yml", import.meta.url),
  z.object({ password: secretString(), key: secretString() }),
);
`;
  files.write("secrets.ts", secrets);
  files.write(
    "contract.ts",
    `import { defineContract, secretString } from "weft";
import * as z from "zod";
export const contract = defineContract({ all: z.object({ password: secretString() }) });
`,
  );
  inventory = files.write(
    "hosts.ts",
    `import { inventory } from "weft";
import { contract } from "./contract.ts";
import { secrets } from "./secrets.ts";
const ssh = {
  address: "127.0.0.1", port: ${server.port}, user: "root", agent: false as const,
  identityFiles: [${JSON.stringify(server.key)}], knownHostsFiles: [${JSON.stringify(server.knownHosts)}],
  password: secrets.password,
};
const names = ${JSON.stringify(HOSTS)};
export default inventory(contract, {
  hosts: Object.fromEntries(names.map((name) => [name, name === "here" ? { address: "here", connection: "local" } : ssh])),
  groups: { all: Object.fromEntries(names.map((name) => [name, { password: secrets.password }])) },
});
`,
  );
  playbook = files.write(
    "leaky.ts",
    `import { playbook, secret, sh, task } from "weft";
import { command } from ${JSON.stringify(join(process.cwd(), "tasks/command.ts"))};
import { file } from ${JSON.stringify(join(process.cwd(), "tasks/file.ts"))};
import { contract } from "./contract.ts";
import { secrets } from "./secrets.ts";

const { key } = secrets;
const target = ${JSON.stringify(target)};
const show = (pw) => sh\`
printf '%s\\n' \${pw} \${key}; printf '%s\\n' \${pw} \${key} >&2
printf '%s' \${pw} | base64; printf '%s' \${pw} | od -An -v -tx1 | tr -d ' \\n'; echo
printf 'user:%s' \${pw} | base64
printf 'Zx'; sleep 0.3; printf '%s and so on\\n' \${secret(secrets.password.reveal().slice(2))}\`;
const plain = secrets.password.reveal();

const tasks = {
  prints: (pw) => [
    file({ path: target, content: secret\`password=\${pw}\\nkey=\${key}\`, mode: "600" }),
    command({ title: "shows it all", run: show(pw) }),
    // 4.25 s is looked for among the processes: then the password is in use.
    command({ title: "uses it", run: sh\`printf %s \${pw} | { sleep 4.25; cat >/dev/null; }\` }),
    task({
      title: \`diff of \${plain}\`, unverified: true,
      probe: { command: sh\`cat \${target}\`, parse: ({ stdout }) => stdout },
      plan: (now) => [{ summary: \`write \${plain}\`, command: sh\`:\`, diff: { subject: "it", before: now, after: plain + "\\n" + key.reveal() } }],
      report: (now) => \`it is \${now}\`,
    }),
  ],
  fails: (pw) => [command({ run: sh\`\${show(pw)}; login \${plain}; exit 3\` })],
  hangs: (pw) => [command({ title: "takes too long", run: sh\`\${show(pw)}; sleep 60\`, timeout: 2 })],
  dies: (pw) => [command({ run: sh\`\${show(pw)}; : \${plain}; kill -9 $PPID; sleep 60\` })],
  "bad-probe": () => [task({
    title: "reads it",
    probe: { command: sh\`cat \${target}\`, parse: ({ stdout }) => { throw new Error("cannot read " + stdout + plain); } },
    plan: () => [],
  })],
  undone: (pw) => [task({
    title: "never takes",
    probe: { command: sh\`printf %s \${pw}\`, parse: ({ stdout }) => ({ stdout, json: JSON.stringify({ stdout }) }) },
    plan: () => [{ summary: "change it", command: sh\`:\` }],
  })],
  innocent: () => [command({ title: "was told nothing", run: sh\`cat \${target}; tr -d '\\n' <\${target}; base64 <\${target}\` })],
  here: (pw) => [command({ title: "shows it here", run: show(pw) })],
};

export default playbook(contract, [
  { name: "first", hosts: "all", tasks: ({ host, vars }) => host === "prints" ? tasks.prints(vars.password) : [] },
  { name: "then", hosts: "all", tasks: ({ host, vars }) => host === "prints" ? [] : tasks[host](vars.password) },
]);
`,
  );
});
afterAll(async () => {
  await server.stop();
  files.remove();
});

/** Command lines and environments of all processes, as far as they can be read. */
const processes = (): string =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) =>
      ["cmdline", "environ"].map((file) => {
        try {
          return readFileSync(join("/proc", pid, file), "utf8").replaceAll("\0", " ");
        } catch {
          return "";
        }
      }),
    )
    .join("\n");

/** Files written since a marker file that hold a trace, but for the one that is to hold it. */
const leaks = (since: string): readonly string[] => {
  const folders = [files.folder, server.directory, "/tmp", "/var/tmp", "/dev/shm", "/run"];
  const patterns = LOOKED_FOR.flatMap((trace) => ["-e", trace]);
  const { stdout } = spawnSync(
    "sh",
    [
      "-c",
      'marker=$1; shift; n=$1; shift; folders=; while [ "$n" -gt 0 ]; do folders="$folders $1"; shift; n=$((n-1)); done; find $folders -xdev -newer "$marker" -type f -size -4096k -exec grep -lF "$@" {} + 2>/dev/null',
      "-",
      since,
      String(folders.length),
      ...folders,
      ...patterns,
    ],
    { encoding: "utf8" },
  );
  return [...new Set(stdout.split("\n"))].filter((file) => file !== "" && file !== target);
};

describe("a secret", () => {
  it("can be found where it is, by the means of this test", async () => {
    const marker = files.write("first-marker", "");
    await sleep(20);
    for (const text of [
      PASSWORD,
      KEY_LINES[1],
      Buffer.from(`user:${PASSWORD}`).toString("base64"),
    ]) {
      writeFileSync(join(files.folder, "found"), String(text));
      expect(leaks(marker)).toEqual([join(files.folder, "found")]);
    }
    writeFileSync(join(files.folder, "found"), "");
  });

  it.each([
    ["plain lines", ["-o", "plain", "-vv", "--diff", "--profile"]],
    ["JSON", ["-o", "json", "-vv", "--diff"]],
    ["lines of one host", ["-o", "plain", "--follow", "prints"]],
  ])("is in no process, no file and no output: %s", async (name, flags) => {
    const marker = files.write(`marker ${name}`, "");
    const out = join(files.folder, name.replaceAll(" ", "-"));
    let seenInUse = false;
    let found: readonly string[] = [];
    let isOver = false;
    const running = weft(
      ["run", playbook, "-i", inventory, ...flags, "--junit", `${out}.xml`, "--log-dir", out],
      { env },
    ).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      const text = processes();
      seenInUse ||= text.includes("sleep 4.25");
      found = [...found, ...tracesIn(text)];
      await sleep(50);
    }
    const { code, stdout, stderr } = await running;
    expect(stderr).toBe("");
    expect(code).toBe(2);
    expect(seenInUse).toBe(true);
    expect(found).toEqual([]);
    for (const told of ["shows it all", "cannot read", "timed out", "applied, but not", "lost"]) {
      expect(stdout).toContain(told);
    }
    expect(stdout).toContain("********");
    expect(tracesIn(stdout)).toEqual([]);
    expect(existsSync(`${out}.xml`)).toBe(true);
    expect(readdirSync(out)).toHaveLength(HOSTS.length);
    expect(leaks(marker)).toEqual([]);
    expect(readFileSync(target, "utf8")).toBe(
      `password=${PASSWORD}\nkey=${KEY_LINES.join("\n")}\n`,
    );
  });

  it("is not on a terminal", async () => {
    const marker = files.write("marker of a terminal", "");
    const args = ["run", playbook, "-i", inventory, "-vv", "--diff"];
    const { code, screen } = await weftOnTerminal(args, { env });
    expect(code).toBe(2);
    expect(screen).toContain("********");
    expect(tracesIn(screen)).toEqual([]);
    expect(leaks(marker)).toEqual([]);
  });

  it("is in no plan, and in no list of what there is", async () => {
    const marker = files.write("marker of a plan", "");
    const plan = join(files.folder, "leaky.plan");
    const given = [playbook, "-i", inventory];
    for (const args of [
      ["plan", ...given, "--out", plan],
      ["run", ...given, "--check", "--diff", "-vv"],
      ["run", ...given, "--list-tasks"],
      ["inventory", "-i", inventory, "--list"],
      ["inventory", "-i", inventory, "--host", "prints"],
    ]) {
      const { stdout, stderr } = await weft(args, { env });
      expect(stdout).not.toBe("");
      expect(tracesIn(stdout + stderr)).toEqual([]);
    }
    expect(existsSync(plan)).toBe(true);
    expect(leaks(marker)).toEqual([]);
  });

  it("is masked in what a command prints that the user typed", async () => {
    const { stdout } = await weft(["exec", "innocent", "-i", inventory, "--", `cat ${target}`], {
      env,
    });
    expect(stdout).toContain("********");
    expect(tracesIn(stdout)).toEqual([]);
  });

  it("that is typed on the command line is not kept in a plan", async () => {
    const args = ["-e", "password=typed-by-hand", "--out", join(files.folder, "typed.plan")];
    const { code, stderr } = await weft(["plan", playbook, "-i", inventory, ...args], { env });
    expect(stderr).toContain("-e holds a secret, which the plan would have to keep");
    expect(stderr).not.toContain("typed-by-hand");
    expect(code).toBe(1);
  });
});
