import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { sh } from "weft";
import { isThere } from "../../../tasks/baseline/families.ts";
import { runHere, scratchFolder, shells } from "./on-this-machine.ts";

describe.each(shells)("the record, under $name", ({ shell }) => {
  it("knows something of worth from a file system that waits for it", () => {
    const folder = scratchFolder(onTestFinished);
    const paths = ["nothing", "file", "empty", "fresh", "full", "link"].map((it) =>
      join(folder, it),
    );
    const [, file = "", empty = "", fresh = "", full = "", link = ""] = paths;
    writeFileSync(file, "");
    for (const path of [empty, `${fresh}/lost+found`, `${full}/lost+found`, `${full}/volumes`]) {
      mkdirSync(path, { recursive: true });
    }
    symlinkSync(empty, link);
    const { stdout } = runHere(
      sh`for path in ${paths}; do if ${isThere}; then echo "\${path##*/}"; fi; done`,
      shell,
    );
    expect(stdout).toBe("file\nfull\nlink\n");
  });
});
