import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Scratch, scratch } from "../../support/scratch.ts";
import { type SshServer, startSshServer } from "../../support/ssh-server.ts";
import { weft } from "../../support/weft-cli.ts";
import { checkJunit, xpath } from "../../support/xmllint.ts";

let sshd: SshServer;
let files: Scratch;
let site: string;
let inventory: string;

// Three names for one private sshd, of which one fails, and one that nobody answers.
beforeAll(async () => {
  files = scratch();
  sshd = await startSshServer();
  const host = `{ address: "127.0.0.1", port: ${sshd.port}, agent: false, identityFiles: [${JSON.stringify(sshd.key)}], knownHostsFiles: [${JSON.stringify(sshd.knownHosts)}] }`;
  const contract = files.write(
    "contract.ts",
    `import { defineContract } from "weft";
import { z } from "zod";
export const contract = defineContract({ web: z.object({ word: z.string() }), idle: z.object({}), slow: z.object({}) });
`,
  );
  inventory = files.write(
    "inventory.ts",
    `import { inventory } from "weft";
import { contract } from ${JSON.stringify(contract)};
const host = ${host};
export default inventory(contract, {
  hosts: { one: host, two: host, bad: host, dead: { address: "127.0.0.1", port: 1, agent: false }, idle: host, slow: host },
  groups: {
    web: { one: { word: "</script>" }, two: { word: "hello" }, bad: { word: "fail" }, dead: { word: "" } },
    idle: { idle: {} },
    slow: { slow: {} },
  },
});
`,
  );
  site = files.write(
    "site.ts",
    `import { change, playbook, sh, task } from "weft";
import { contract } from ${JSON.stringify(contract)};
const say = (word: string) => task({
  title: "say the word",
  probe: { command: sh\`true\`, parse: () => 0 },
  plan: () => change(true, "print it", sh\`echo begin; sleep 1; echo said \${word}; test \${word} != fail\`),
  unverified: true,
});
const wait = task({
  title: "wait",
  probe: { command: sh\`true\`, parse: () => 0 },
  plan: () => change(true, "wait", sh\`echo begin; sleep 60\`),
  unverified: true,
});
const nothing = task({ title: "nothing to do", probe: { command: sh\`true\`, parse: () => 0 }, plan: () => [] });
export default playbook(contract, [
  { name: "Speak", hosts: "web", tasks: ({ vars }) => [nothing, say(vars.word)] },
  { name: "Wait", hosts: "slow", tasks: () => [nothing, wait] },
]);
`,
  );
});
afterAll(async () => {
  await sshd.stop();
  files.remove();
});

const run = (...args: string[]) => weft(["run", site, "-i", inventory, ...args]);

describe("weft run --follow", () => {
  it("shows what one host's commands print, and of others what they changed", async () => {
    const result = await run("-l", "one,two", "--follow", "two");
    expect(result.stdout).toContain("[two] task 2: say the word\n[two] now: print it\n");
    expect(result.stdout).toContain("[two] | begin\n");
    expect(result.stdout).toContain("[two] | said hello\n");
    expect(result.stdout).not.toContain("[one] |");
    expect(result.stdout).toContain("[one] changed: say the word");
    expect(result.code).toBe(0);
  });

  it.each([
    ["tow", /--follow tow: .*inventory\.ts has no such host\. Did you mean "two"\?/],
    ["two", /--follow two: --limit leaves this host out/],
    ["idle", /--follow idle: no play of the playbook is for this host/],
  ])("refuses %s before any host is touched", async (host, message) => {
    const result = await run("-l", "one,idle", "--follow", host);
    expect(result.stderr).toMatch(message);
    expect(result.stdout).toBe("");
    expect(result.code).toBe(1);
  });
});

describe("weft run --profile", () => {
  it("ends with where the time went", async () => {
    const result = await run("-l", "one,two", "--profile");
    const [, profile = ""] = result.stdout.split("Profile  slowest tasks first\n");
    const rows = profile.trimEnd().split("\n");
    expect(rows.map((row) => row.slice(0, 13).trimEnd())).toEqual([
      "",
      "connect",
      "read state",
      "say the word",
      "nothing to do",
    ]);
    expect(rows[3]).toMatch(/ {2}2(?: +[\d.]+m?s){3} {2}(?:one|two)$/);
  });
});

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);
/** The first difference in a folder would be a temporary file that was left behind. */
const filesIn = (folder: string): readonly string[] => readdirSync(folder).sort();

describe("weft run --junit", () => {
  it("leaves a valid file for its owner only, also where hosts are lost", async () => {
    const file = join(files.folder, "out", "junit.xml");
    files.write("out/keep", "");
    const result = await run("-l", "web", "--junit", file);
    expect(result.code).toBe(2);
    const xml = readFileSync(file, "utf8");
    expect(() => checkJunit(xml)).not.toThrow();
    expect(xpath(xml, "string(//testsuite[@name='one']/testcase[2]/system-out)")).toBe(
      "change: print it\nbegin\nsaid </script>",
    );
    expect(xpath(xml, "string(//testsuite[@name='bad']/testcase/failure)")).toMatch(/said fail/);
    expect(xpath(xml, "string(//testsuite[@name='dead']/testcase/error/@type)")).toBe(
      "unreachable",
    );
    expect(modeOf(file)).toBe("600");
    expect(filesIn(join(files.folder, "out"))).toEqual(["junit.xml", "keep"]);
  });

  it("leaves no file where the run did not begin", async () => {
    const file = join(files.folder, "none.xml");
    const result = await run("--junit", file, "--start-at-task", "no such task");
    expect(result.code).toBe(1);
    expect(existsSync(file)).toBe(false);
  });
});

describe("weft run --html", () => {
  it("leaves one file for its owner only, with text that is no markup", async () => {
    const file = join(files.folder, "report.html");
    const result = await run("-l", "web", "--html", file);
    expect(result.code).toBe(2);
    const page = readFileSync(file, "utf8");
    expect(page).toContain("said &lt;/script&gt;");
    expect(page.match(/<\/script>/g)).toHaveLength(1);
    expect(page).toContain("Failed on 2 of 4 hosts");
    expect(modeOf(file)).toBe("600");
  });
});

describe("weft run --log-dir", () => {
  it("adds to one file a host, for its owner only", async () => {
    const folder = join(files.folder, "logs");
    await run("-l", "one,bad", "--log-dir", folder);
    chmodSync(join(folder, "one.log"), 0o644);
    await run("-l", "one", "--log-dir", folder, "--check");
    expect(filesIn(folder)).toEqual(["bad.log", "one.log"]);
    const log = readFileSync(join(folder, "one.log"), "utf8");
    expect(log.match(/=== run .*site\.ts(?: \(check mode\))?$/gm)).toHaveLength(2);
    expect(log).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z \| said <\/script>$/m);
    expect(log).toMatch(/Z recap: 1 ok, 1 changed \(run of \d+ ms\)$/m);
    expect(modeOf(join(folder, "one.log"))).toBe("600");
    expect(modeOf(folder)).toBe("700");
  });

  it("has what was done until the run was interrupted", async () => {
    const folder = join(files.folder, "interrupted");
    const args = ["run", site, "-i", inventory, "-l", "slow", "-v", "--log-dir", folder];
    let killed = false;
    const result = await weft(args, {
      onOutput: (stdout, kill) => {
        // A second one would end weft on the spot.
        if (killed || !stdout.includes("| begin")) return;
        killed = true;
        kill("SIGINT");
      },
    });
    expect(result.code).toBe(130);
    const log = readFileSync(join(folder, "slow.log"), "utf8");
    expect(log).toMatch(/Z \| begin\n.*Z interrupted\n.*Z recap: 1 ok, interrupted \(run of/);
  });
});

describe("secrets in reports", () => {
  it("are masked in every file", async () => {
    const folder = join(files.folder, "masked");
    files.write("masked/keep", "");
    const book = files.write(
      "secret.ts",
      `import { change, playbook, secret, sh, task } from "weft";
import { contract } from ${JSON.stringify(join(files.folder, "contract.ts"))};
const word = secret("open-sesame-42");
const leak = task({
  title: "leak",
  probe: { command: sh\`true\`, parse: () => 0 },
  plan: () => change(true, "print it", sh\`echo it is \${word}; false\`),
  unverified: true,
});
export default playbook(contract, [{ name: "Leak", hosts: "idle", tasks: () => [leak] }]);
`,
    );
    const reports = ["--junit", join(folder, "x.xml"), "--html", join(folder, "x.html")];
    const result = await weft(["run", book, "-i", inventory, "--log-dir", folder, ...reports]);
    expect(result.code).toBe(2);
    for (const name of ["x.xml", "x.html", "idle.log"]) {
      const text = readFileSync(join(folder, name), "utf8");
      expect(text).toContain("it is ");
      expect(text).not.toContain("open-sesame");
    }
  });
});

describe("reports that cannot be written", () => {
  it.each([
    [
      "--junit",
      "missing/junit.xml",
      /--junit: cannot write into the folder .*missing: there is no/,
    ],
    ["--junit", "contract.ts/junit.xml", /--junit: .*contract\.ts: that is no folder/],
    ["--junit", ".", /--junit: .* is a folder; name a file/],
    ["--html", "missing/x.html", /--html: cannot write into the folder .*missing: there is no/],
    ["--log-dir", "missing/logs", /--log-dir: cannot write into the folder .*missing: there is no/],
    ["--log-dir", "contract.ts", /--log-dir: .*contract\.ts: that is no folder/],
  ])("%s %s is one error before any host is touched", async (flag, path, message) => {
    const result = await run(flag, join(files.folder, path));
    expect(result.stderr).toMatch(message);
    expect(result.stderr.match(/error:/g)).toHaveLength(1);
    expect(result.stdout).toBe("");
    expect(result.code).toBe(1);
  });
});
