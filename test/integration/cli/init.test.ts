import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Scratch, scratch } from "../../support/scratch.ts";
import { weft } from "../../support/weft-cli.ts";

let files: Scratch;
let project: string;
let tarball: string;

const run = (folder: string, command: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
};

const install = (folder: string, ...what: readonly string[]) => {
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  const { status, stderr } = run(folder, "npm", "install", "--prefer-offline", ...quiet, ...what);
  expect(stderr).toBe("");
  expect(status).toBe(0);
};

// As somebody has it who gets weft from a registry: the packed package, in a folder of its own.
beforeAll(() => {
  files = scratch();
  const packed = execFileSync(
    "npm",
    ["pack", "--silent", "--ignore-scripts", "--pack-destination", files.folder],
    { encoding: "utf8" },
  );
  tarball = join(files.folder, packed.trim());
  const first = join(files.folder, "first");
  mkdirSync(first);
  files.write("first/package.json", "{}");
  install(first, tarball);
  const made = run(files.folder, join(first, "node_modules/.bin/weft"), "init", "My Servers");
  expect(made).toMatchObject({ status: 0, stderr: "" });
  expect(made.stdout).toMatch(/^ {2}\.gitignore\n[\s\S]*Next: cd 'My Servers' && npm install/m);
  project = join(files.folder, "My Servers");
});
afterAll(() => files.remove());

describe("the project that weft init makes", () => {
  it("depends on the weft that made it", () => {
    const { name, dependencies } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(name).toBe("my-servers");
    expect(dependencies.weft).toBe(`^${version}`);
  });

  it("passes its own check, and shows what it would change on this machine", () => {
    install(project, tarball);
    const check = run(project, "npm", "run", "--silent", "check");
    expect(check.stdout).toMatch(/^ {2}hosts: here\n.* {2}file \/etc\/motd {2}\[motd\]$/ms);
    expect(check.status).toBe(0);
    const plan = run(project, "npm", "run", "--silent", "plan");
    expect(plan.stdout).toMatch(/^ {4}\+here: trying weft$/m);
    expect(plan.status).toBe(0);
  });
});

describe("weft init", () => {
  it("keeps what is there, and names it", async () => {
    const taken = files.write("taken/tsconfig.json", "{}");
    const { stderr, code } = await weft(["init", join(files.folder, "taken")]);
    expect(stderr).toMatch(/^error: .*taken has tsconfig\.json already; nothing was written$/m);
    expect(code).toBe(1);
    expect(readFileSync(taken, "utf8")).toBe("{}");
    expect(existsSync(join(files.folder, "taken/package.json"))).toBe(false);
  });

  it("links the weft of a checkout", async () => {
    const folder = join(files.folder, "linked");
    expect((await weft(["init", folder])).code).toBe(0);
    const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    expect(join(folder, dependencies.weft.replace("file:", ""))).toBe(process.cwd());
  });
});
