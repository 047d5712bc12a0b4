import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeNewFiles } from "../../../src/cli/new-files.ts";
import { type Scratch, scratch } from "../../support/scratch.ts";

let files: Scratch;
beforeEach(() => {
  files = scratch();
});
afterEach(() => files.remove());

const wanted = [
  { path: "a.ts", text: "a" },
  { path: "deep/er/b.ts", text: "b" },
];

describe("new files", () => {
  it("are written with the folders they are in", () => {
    const folder = join(files.folder, "project");
    writeNewFiles(folder, wanted);
    expect(readFileSync(join(folder, "deep/er/b.ts"), "utf8")).toBe("b");
  });

  it("are none where one is there already, which is named and left as it is", () => {
    files.write("deep/er/b.ts", "mine");
    expect(() => writeNewFiles(files.folder, wanted)).toThrow(/has deep\/er\/b\.ts already/);
    expect(existsSync(join(files.folder, "a.ts"))).toBe(false);
    expect(readFileSync(join(files.folder, "deep/er/b.ts"), "utf8")).toBe("mine");
  });

  it("leave nothing behind where one cannot be written", () => {
    files.write("blocked", "a file where a folder must be");
    const more = [...wanted, { path: "blocked/c.ts", text: "c" }];
    expect(() => writeNewFiles(files.folder, more)).toThrow(/cannot be filled: /);
    expect(readdirSync(files.folder)).toEqual(["blocked"]);
  });
});
