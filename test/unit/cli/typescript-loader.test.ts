import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { TypeScriptLoader } from "../../../src/cli/typescript-loader.ts";
import * as weft from "../../../src/index.ts";

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "weft-loader-")));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes files and gives the path of the first. */
const write = (files: Readonly<Record<string, string>>): string => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return join(folder, Object.keys(files)[0] ?? "");
};

/** What another start of weft loads. */
const load = (file: string): Promise<unknown> =>
  new TypeScriptLoader({
    modules: { weft: async () => weft, zod: async () => z },
    packageModules: { dependency: async () => ({ own: "weft's" }) },
    packageFolder: join(folder, "package/"),
    cacheFolder: join(folder, "cache"),
  }).import(file);

const { cache: modules } = createRequire(import.meta.url);

// Node keeps loaded modules for the whole process; a start of weft has a process of its own.
const forget = (): void => {
  for (const name of Object.keys(modules)) {
    if (name.startsWith(folder)) delete modules[name];
  }
};
const loadAgain = (file: string): Promise<unknown> => {
  forget();
  return load(file);
};

describe("a playbook in TypeScript", () => {
  it("is what it exports by default, or all that it exports", async () => {
    const file = write({ "a.ts": "export default { answer: 42 as number };" });
    const named = write({ "b.ts": "export const answer: number = 42;" });
    expect(await load(file)).toEqual({ answer: 42 });
    expect(await load(named)).toMatchObject({ answer: 42 });
  });

  it("gets weft's own copy of weft and zod, and Node's modules", async () => {
    const file = write({
      "a.ts": `import { Problem } from "weft";
        import * as z from "zod";
        import zod from "zod";
        import { join } from "node:path";
        import path from "path";
        import * as all from "node:path";
        export default [Problem, z.object, zod.object, join, path.join, all.join];`,
    });
    const { join: joined } = await import("node:path");
    for (const loaded of [await load(file), await loadAgain(file)]) {
      expect(loaded).toEqual([weft.Problem, z.object, z.object, joined, joined, joined]);
    }
  });

  it("gets what weft's package depends on only where it is part of it", async () => {
    const text = 'import { own } from "dependency"; export default own;';
    const inside = write({ "package/a.ts": text });
    const outside = write({
      "b.ts": text,
      "node_modules/dependency/package.json": '{ "name": "dependency", "main": "main.js" }',
      "node_modules/dependency/main.js": 'exports.own = "the project\'s";',
    });
    expect(await load(inside)).toBe("weft's");
    expect(await load(outside)).toBe("the project's");
    expect(await loadAgain(outside)).toBe("the project's");
  });

  it("imports packages with TypeScript, links, JSON, JavaScript and paths without an ending", async () => {
    const file = write({
      "a.ts": `import { one } from "pack/one";
        import { two } from "./link.ts";
        import three from "./three.json" with { type: "json" };
        import { four } from "./four.mjs";
        import { five } from "./five";
        import { six } from "./six.js";
        export default [one, two, three.three, four, five, six, import.meta.url.split("/").pop()];`,
      "node_modules/pack/package.json": '{ "name": "pack", "exports": { "./*": "./*.ts" } }',
      "node_modules/pack/one.ts": "export const one: number = 1;",
      "real/two.ts": 'import { six } from "./../six.ts"; export const two: number = six - 4;',
      "three.json": '{ "three": 3 }',
      "four.mjs": "export const four = 4;",
      "five.ts": "export const five: number = 5;",
      "six.ts": "export const six: number = 6;",
    });
    symlinkSync("real/two.ts", join(folder, "link.ts"));
    expect(await load(file)).toEqual([1, 2, 3, 4, 5, 6, "a.ts"]);
    expect(await loadAgain(file)).toEqual([1, 2, 3, 4, 5, 6, "a.ts"]);
  });

  it("imports weft's tasks by its name, of the weft that the project depends on", async () => {
    const file = write({
      "a.ts": 'import { one } from "weft/tasks/one"; export default one;',
      "node_modules/weft/package.json":
        '{ "name": "weft", "exports": { "./tasks/*": "./tasks/*.ts" } }',
      "node_modules/weft/tasks/one.ts":
        'import { sh } from "weft"; export const one: unknown = sh;',
    });
    expect(await load(file)).toBe(weft.sh);
    expect(await loadAgain(file)).toBe(weft.sh);
    const wrong = write({ "b.ts": 'import "weft/tasks/none";' });
    await expect(load(wrong)).rejects.toThrow("weft/tasks/none");
  });

  it("may use require and module as CommonJS has them", async () => {
    const file = write({
      "a.ts":
        'const { b } = require("./b.ts"); module.exports = { b, file: __filename as string };',
      "b.ts": "export const b: number = 2;",
    });
    expect(await load(file)).toEqual({ b: 2, file });
    expect(await loadAgain(file)).toEqual({ b: 2, file });
  });

  it("may have modules that import each other, and wait at its top level", async () => {
    const file = write({
      "a.ts": 'import { odd } from "./odd.ts"; await Promise.resolve(); export default odd(7);',
      "odd.ts": `import { even } from "./even.ts";
        export const odd = (n: number): boolean => n !== 0 && even(n - 1);`,
      "even.ts": `import { odd } from "./odd.ts";
        export const even = (n: number): boolean => n === 0 || odd(n - 1);`,
    });
    expect(await load(file)).toBe(true);
    expect(await loadAgain(file)).toBe(true);
  });

  it("shares modules with another one, also where both are loaded at once", async () => {
    write({ "shared.ts": "await Promise.resolve(); export const shared: object = {};" });
    const text = 'import { shared } from "./shared.ts"; export default { shared };';
    const [one, other] = [write({ "a.ts": text }), write({ "b.ts": text })];
    const loader = new TypeScriptLoader({
      modules: {},
      packageModules: {},
      packageFolder: "/nowhere/",
      cacheFolder: join(folder, "cache"),
    });
    const [a, b] = (await Promise.all([loader.import(one), loader.import(other)])) as [
      { shared: object },
      { shared: object },
    ];
    expect(a.shared).toBeDefined();
    expect(a.shared).toBe(b.shared);
  });
});

describe("what a playbook came to", () => {
  const twoFiles = () =>
    write({
      "a.ts": 'import { b } from "./deep/b.ts"; export default b;',
      "deep/b.ts": "export const b: number = 1;",
    });

  const translations = () =>
    readdirSync(join(folder, "cache")).filter((name) => name.endsWith(".mjs"));

  const packs = () => readdirSync(join(folder, "cache")).filter((name) => !name.includes("."));

  it("is kept: nothing is translated at the next start", async () => {
    const file = twoFiles();
    await load(file);
    for (const name of translations()) rmSync(join(folder, "cache", name));
    expect(await loadAgain(file)).toBe(1);
    expect(translations()).toEqual([]);
  });

  it("is made anew where a file is written to, as long as it was", async () => {
    const file = twoFiles();
    expect(await load(file)).toBe(1);
    write({ "deep/b.ts": "export const b: number = 2;" });
    expect(await loadAgain(file)).toBe(2);
    expect(await loadAgain(file)).toBe(2);
  });

  it("is made anew where a file makes way for a link", async () => {
    const file = twoFiles();
    expect(await load(file)).toBe(1);
    write({ "other/c.ts": "export const b: string = import.meta.url;" });
    rmSync(join(folder, "deep/b.ts"));
    symlinkSync("../other/c.ts", join(folder, "deep/b.ts"));
    expect(await loadAgain(file)).toMatch(/other\/c\.ts$/);
  });

  it("is of no use where a file is gone", async () => {
    const file = twoFiles();
    await load(file);
    rmSync(join(folder, "deep/b.ts"));
    await expect(loadAgain(file)).rejects.toThrow("deep/b.ts");
  });

  it("is made anew where it was cut off or overwritten", async () => {
    const file = twoFiles();
    await load(file);
    const pack = join(folder, "cache", packs()[0] ?? "");
    writeFileSync(pack, "{}\n");
    expect(await loadAgain(file)).toBe(1);
    appendFileSync(pack, "more");
    expect(await loadAgain(file)).toBe(1);
  });

  it("is removed after 30 days, when another one is kept", async () => {
    await load(twoFiles());
    const [old = ""] = packs();
    const longAgo = Date.now() / 1000 - 31 * 86_400;
    utimesSync(join(folder, "cache", old), longAgo, longAgo);
    await load(write({ "other.ts": "export default 2;" }));
    expect(packs()).toHaveLength(1);
    expect(packs()).not.toContain(old);
  });

  it("is nobody else's to write", async () => {
    await load(twoFiles());
    expect(statSync(join(folder, "cache")).mode & 0o777).toBe(0o700);
  });

  it("need not be kept: a cache that cannot be written costs time only", async () => {
    const file = twoFiles();
    write({ cache: "no folder" });
    expect(await load(file)).toBe(1);
    expect(await loadAgain(file)).toBe(1);
  });
});

describe("an error", () => {
  it("tells the file and the line, from what was kept too", async () => {
    const file = write({
      "a.ts": 'import { fail } from "./b.ts";\nexport default fail;\n',
      "b.ts": `interface Unused {\n  readonly lines: number;\n}\n
export const fail = (): Unused => {\n  throw new Error("on line 6");\n};\n`,
    });
    for (const fail of [await load(file), await loadAgain(file)] as (() => void)[]) {
      try {
        fail();
        expect.unreachable();
      } catch (error) {
        expect((error as Error).stack).toContain(`${join(folder, "b.ts")}:6:`);
      }
    }
  });

  it("of syntax tells where it is", async () => {
    const file = write({ "a.ts": 'import "./b.ts";', "b.ts": "export const b = ;\n" });
    await expect(load(file)).rejects.toThrow(/b\.ts:1:17|b\.ts.*\(1:17\)/s);
  });

  it("of a module that is not there tells which, and from where", async () => {
    const file = write({ "a.ts": 'import "./nowhere.ts";' });
    await expect(load(file)).rejects.toThrow("nowhere.ts");
    const other = write({ "b.ts": 'import "no-such-package";' });
    await expect(load(other)).rejects.toThrow("no-such-package");
  });
});
