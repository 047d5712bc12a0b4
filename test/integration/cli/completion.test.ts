import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { syntaxOf } from "../../../src/cli/verb-syntax.ts";
import { verbs } from "../../../src/cli/verbs.ts";
import { type Scratch, scratch } from "../../support/scratch.ts";
import { weft } from "../../support/weft-cli.ts";

let files: Scratch;
let project: string;
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  files = scratch();
  const bin = files.write("bin/weft", `#!/bin/sh\nexec node ${resolve("bin/weft.js")} "$@"\n`);
  chmodSync(bin, 0o755);
  project = join(files.folder, "project");
  mkdirSync(join(project, "playbooks/more"), { recursive: true });
  files.write("project/hosts.ini", "[web]\nweb-1\nweb-2\n[db]\ndb-1\n");
  files.write(
    "project/playbooks/site.ts",
    `import { defineContract, playbook, sh, tagged, task } from "weft";
import * as z from "zod";
const nothing = task({ title: "nothing", probe: { command: sh\`true\`, parse: () => 0 }, plan: () => [] });
export default playbook(defineContract({ web: z.object({}) }), [
  { name: "play", hosts: "web", tasks: () => [tagged(["dns", "ntp"], [nothing])] },
]);
`,
  );
  files.write("project/playbooks/notes.txt", "");
  files.write("project/program", "#!/bin/sh\ntouch ran\necho '{}'\n");
  chmodSync(join(project, "program"), 0o755);
  env = { ...process.env, PATH: `${join(files.folder, "bin")}:${process.env.PATH}`, TERM: "xterm" };
});
afterAll(() => files.remove());

const CTRL_X = "\x18";

/** Types a line and a tab in a shell on a terminal of its own, and gives the line it then shows. */
const typed = async (shell: readonly string[], line: string): Promise<string> => {
  const out = join(files.folder, "line");
  const child = spawn("script", ["-qec", shell.join(" "), "/dev/null"], {
    cwd: project,
    env: { ...env, OUT: out, ZDOTDIR: files.folder },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let shown = "";
  let ready = false;
  child.stdout.on("data", (bytes: Buffer) => {
    shown += bytes.toString();
    if (ready || !shown.includes("READY>")) return;
    ready = true;
    child.stdin.write(`${line}\t${CTRL_X}`);
  });
  await new Promise((resolve) => child.once("close", resolve));
  return readFileSync(out, "utf8").trim();
};

const lines = [
  ["a verb", "weft inv", "weft inventory"],
  [
    "a flag",
    "weft run playbooks/site.ts --acc",
    "weft run playbooks/site.ts --accept-new-host-keys",
  ],
  ["a choice behind =", "weft facts --output=j", "weft facts --output=json"],
  ["a playbook", "weft run playbooks/s", "weft run playbooks/site.ts"],
  ["a file behind =", "weft ping --inventory=hos", "weft ping --inventory=hosts.ini"],
  [
    "a folder behind =",
    "weft run playbooks/site.ts --log-dir=playbooks/mo",
    "weft run playbooks/site.ts --log-dir=playbooks/more/",
  ],
  ["a pattern's last term", "weft ping -i hosts.ini all:d", "weft ping -i hosts.ini all:db"],
  ["a quoted pattern", "weft ping -i hosts.ini 'web:!d", "weft ping -i hosts.ini 'web:!db"],
  [
    "a tag behind another",
    "weft run playbooks/site.ts -i hosts.ini -t dns,n",
    "weft run playbooks/site.ts -i hosts.ini -t dns,ntp",
  ],
  ["a task's name", "weft tasks kern", "weft tasks kernelModule"],
] as const;

describe("bash completes", () => {
  beforeAll(() => {
    // The widget leaves without running what was typed.
    files.write(
      "bashrc",
      `PS1='READY>'
source <(weft completion bash)
show() { printf '%s\\n' "$READLINE_LINE" >"$OUT"; exit; }
bind -x '"\\C-x": show'
`,
    );
  });
  it.each(lines)("%s", async (_, line, expected) => {
    const bash = ["bash", "--rcfile", join(files.folder, "bashrc"), "-i"];
    expect(await typed(bash, line)).toBe(expected);
  });
});

describe("zsh completes", () => {
  beforeAll(() => {
    files.write(
      ".zshrc",
      `PS1='READY>'
autoload -U compinit && compinit -u -D
source <(weft completion zsh)
show() { print -r -- "$BUFFER" >"$OUT"; exit; }
zle -N show
bindkey '^X' show
`,
    );
  });
  it.each(lines)("%s", async (_, line, expected) => {
    expect(await typed(["zsh", "-i"], line)).toBe(expected);
  });
});

describe("fish completes", () => {
  const complete = (line: string) =>
    spawnSync("fish", ["-c", 'weft completion fish | source; complete --do-complete "$LINE"'], {
      cwd: project,
      env: { ...env, LINE: line, HOME: files.folder },
    }).stdout.toString();

  it.each([
    ["a verb with its purpose", "weft inv", /^inventory\tShow the hosts, groups/],
    ["a flag", "weft run playbooks/site.ts --acc", /^--accept-new-host-keys\t/],
    ["a playbook", "weft run playbooks/s", /^playbooks\/site\.ts$/m],
    ["a pattern's last term", "weft ping -i hosts.ini web:!d", /^web:!db\tgroup$/m],
    ["a task's name", "weft tasks kern", /^kernelModule\t/],
  ])("%s", (_, line, expected) => {
    expect(complete(line)).toMatch(expected);
  });
});

describe("weft completion", () => {
  it("knows the shell from the environment, and says which there are", async () => {
    const { stdout } = await weft(["completion"], { env: { SHELL: "/usr/bin/fish" } });
    expect(stdout).toMatch(/^complete --command weft/m);
    const { stderr, code } = await weft(["completion"], { env: { SHELL: "/bin/dash" } });
    expect(stderr).toMatch(/no completion for dash[\s\S]*weft completion bash\|zsh\|fish/);
    expect(code).toBe(1);
  });

  it("offers the flags that a verb has, and no others", async () => {
    for (const { name, flags, verbs: inner } of verbs.map(syntaxOf)) {
      if (inner.length > 0) continue;
      const { stdout } = await weft([name, "--help"]);
      const told = [...stdout.matchAll(/^ +(?:-\w, )?--([a-z-]+)/gm)].map(([, flag]) => flag);
      const own = [...flags.map((flag) => flag.name), "version", "help"];
      expect([...new Set(told)].sort(), name).toEqual(own.sort());
    }
  });

  it("runs no inventory that is a program, and is silent where an inventory is wrong", async () => {
    const program = await weft(["__complete", "ping", "-i", join(project, "program"), ""]);
    expect(program).toMatchObject({ stdout: "all\tevery host\n", stderr: "", code: 0 });
    expect(() => readFileSync(join(project, "ran"))).toThrow();
    const missing = await weft(["__complete", "ping", "-i", join(project, "none.ini"), ""]);
    expect(missing).toMatchObject({ stdout: "", stderr: "", code: 0 });
  });
});
