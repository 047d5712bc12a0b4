import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, it } from "vitest";
import { secret, sh } from "weft";
import { absent } from "../../../tasks/absent.ts";
import { directory } from "../../../tasks/directory.ts";
import { file } from "../../../tasks/file.ts";
import { symlink } from "../../../tasks/symlink.ts";
import { template } from "../../../tasks/template.ts";
import { answer, summaries } from "./answer.ts";
import { converge, planHere, runHere, scratchFolder, shells } from "./on-this-machine.ts";

const folder = scratchFolder();
let made = 0;
const fresh = (): string => `${folder}/it's ${++made}`;
const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

const nasty = 'it\'s "$HOME" `id` \\n %s\n\n-n\ttab é\n#!\n';

describe.each(shells)("under $name", ({ shell }) => {
  it("a file is written with its mode, then left alone, and mended", () => {
    const path = `${fresh()}/sub/file`;
    const task = file({ path, content: nasty, mode: "0600" });
    expect(converge(task, shell)).toEqual([`write ${path}`]);
    expect(readFileSync(path, "utf8")).toBe(nasty);
    expect(modeOf(path)).toBe("600");
    expect(converge(task, shell)).toEqual([]);
    chmodSync(path, 0o4755);
    expect(converge(task, shell)).toEqual([`set mode of ${path} to 600 (was 4755)`]);
    writeFileSync(path, nasty.trimEnd());
    expect(planHere(task, shell)[0]?.diff).toEqual({
      subject: path,
      before: nasty.trimEnd(),
      after: nasty,
    });
    expect(converge(task, shell)).toEqual([`write ${path}`]);
  });

  it("a directory and a link are made and mended", () => {
    const path = fresh();
    expect(converge(directory({ path: `${path}/a`, mode: "2750" }), shell)).toHaveLength(1);
    expect(modeOf(`${path}/a`)).toBe("2750");
    expect(modeOf(path)).toBe("755");
    expect(converge(directory({ path: `${path}/a`, mode: "755" }), shell)).toEqual([
      `set mode of ${path}/a to 755 (was 2750)`,
    ]);
    const link = symlink({ path: `${path}/link`, target: "a" });
    expect(converge(link, shell)).toEqual([`link ${path}/link to a`]);
    expect(converge(symlink({ path: `${path}/link`, target: "b c" }), shell)).toEqual([
      `link ${path}/link to b c (was a)`,
    ]);
    converge(link, shell);
    expect(readlinkSync(`${path}/link`)).toBe("a");
    expect(converge(absent({ path: `${path}/link` }), shell)).toHaveLength(1);
    expect(converge(absent({ path, recursive: true }), shell)).toEqual([`remove ${path}`]);
    expect(converge(absent({ path }), shell)).toEqual([]);
  });
});

describe("file", () => {
  it("keeps a mode that it is not told", () => {
    const path = fresh();
    writeFileSync(path, "old");
    chmodSync(path, 0o640);
    converge(file({ path, content: "new" }));
    expect(modeOf(path)).toBe("640");
  });

  it("leaves a content that it is not told, and makes an empty file", () => {
    const path = fresh();
    expect(converge(file({ path, mode: "600" }))).toEqual([`write ${path}`]);
    writeFileSync(path, "something");
    expect(converge(file({ path, mode: "644" }))).toEqual([`set mode of ${path} to 644 (was 600)`]);
    expect(readFileSync(path, "utf8")).toBe("something");
  });

  it("never shows a secret, nor its digest, nor what was there before", () => {
    const path = fresh();
    writeFileSync(path, "old secret");
    const task = file({ path, content: secret("hunter2") });
    const state = task.probe.parse(runHere(task.probe.command));
    expect(JSON.stringify(state)).not.toContain("secret");
    const [change] = task.plan(state);
    expect(change?.diff).toBeUndefined();
    expect(change?.command.display).not.toContain("hunter2");
    expect(task.probe.command.display).toContain("********");
    expect(converge(task)).toHaveLength(1);
    expect(readFileSync(path, "utf8")).toBe("hunter2");
  });

  it("leaves the old content where the new one does not pass its check", () => {
    const path = fresh();
    writeFileSync(path, "old");
    const [change] = planHere(
      file({ path, content: "new", check: (candidate) => sh`grep -q old ${candidate}` }),
    );
    expect(runHere(change?.command ?? sh`:`).exitCode).toBe(1);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(runHere(sh`ls -A ${folder}`).stdout).not.toContain(".weft");
  });

  it("shows no diff of what is no text", () => {
    const path = fresh();
    writeFileSync(path, Buffer.from([0xff, 0, 1]));
    expect(planHere(file({ path, content: "x" }))[0]?.diff).toBeUndefined();
  });

  it("does not write through a link, nor in a directory's place", () => {
    const path = fresh();
    mkdirSync(path);
    symlinkSync("/etc/passwd", `${path}/link`);
    expect(() => planHere(file({ path, content: "" }))).toThrow(/is a directory, not a file/);
    expect(() => planHere(file({ path: `${path}/link`, content: "" }))).toThrow(
      /a symbolic link to \/etc\/passwd, not a file/,
    );
  });

  const attributes = "entry=file:644:0:10:root:wheel\ncontent=same\n";
  it.each([
    ["as it is", {}, []],
    ["by number", { owner: "0", group: "10" }, []],
    ["by name", { owner: "root", group: "wheel", mode: "644" }, []],
    ["another owner", { owner: "ann" }, ["give /a to ann (was root)"]],
    ["another group", { group: "users" }, ["give /a to :users (was :wheel)"]],
    [
      "all of it",
      { owner: "ann", group: "users", mode: "4755" },
      ["give /a to ann:users (was root:wheel), set mode of /a to 4755 (was 644)"],
    ],
  ])("plans an ownership: %s", (_, wanted, expected) => {
    const task = file({ path: "/a", ...wanted });
    expect(summaries(task.plan(task.probe.parse(answer(attributes))))).toEqual(expected);
  });

  it("gives a file away before it sets bits that chown takes back", () => {
    const task = file({ path: "/a", owner: "ann" });
    const [change] = task.plan(task.probe.parse(answer(attributes.replace("644", "4755"))));
    expect(change?.command.script).toMatch(/^chown ann \/a && .* && chmod 4755 \/a$/);
  });

  it.each([
    ["an answer without an entry", "", /does not tell what is there/],
    ["a file that cannot be read", "entry=file:600:1:1:ann:ann\n", /cannot be read: denied/],
    ["a text without its end", `${attributes}text|half\n`, /cannot be read/],
  ])("throws on %s", (_, stdout, message) => {
    expect(() => file({ path: "/a" }).probe.parse(answer(stdout, "denied"))).toThrow(message);
  });

  it.each([["relative"], ["/"], ["/ends/"], [""]])("refuses the path %j", (path) => {
    expect(() => file({ path })).toThrow(/no absolute path/);
  });

  it("refuses a mode that is none", () => {
    expect(() => file({ path: "/a", mode: "u+x" })).toThrow(/no file mode/);
  });
});

describe("directory, symlink and absent", () => {
  it("do not take the place of something else", () => {
    const path = fresh();
    writeFileSync(path, "");
    expect(() => planHere(directory({ path }))).toThrow(/is a file, not a directory/);
    expect(() => planHere(symlink({ path, target: "a" }))).toThrow(/no symbolic link but a file/);
    expect(() => planHere(absent({ path: folder }))).toThrow(/is a directory/);
    expect(lstatSync(path).isFile()).toBe(true);
  });
});

describe("template", () => {
  it("writes what its function makes", () => {
    const path = fresh();
    const task = template({
      path,
      vars: { names: ["a", "b"] },
      render: ({ names }) => names.map((name) => `server ${name}\n`).join(""),
    });
    expect(task.title).toBe(`template ${path}`);
    converge(task);
    expect(readFileSync(path, "utf8")).toBe("server a\nserver b\n");
  });
});
