import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { sh } from "weft";
import { isThere } from "../../../tasks/baseline/families.ts";
import { askRecord } from "../../../tasks/baseline/record.ts";
import { fakeProgram, runHere, scratchFolder, shells } from "./on-this-machine.ts";

describe.each(shells)("the record, under $name", ({ shell }) => {
  /** What a host writes whose rpm and Docker answer so. */
  const written = (rpm: string, docker: string) => {
    const folder = scratchFolder(onTestFinished);
    fakeProgram(folder, "rpm", rpm);
    fakeProgram(folder, "docker", docker);
    return runHere(sh`PATH=${folder}:$PATH; ${askRecord}`, shell);
  };
  const rpm = "printf 'package b\\npackage a\\n'";

  it.each([
    ["two", "printf 'sha256:2\\nsha256:1\\nsha256:1\\n'", ["image sha256:1", "image sha256:2"]],
    ["none", "true", []],
    ["a Docker that is stopped", "echo sha256:1; exit 1", ["images unknown"]],
  ])("tells of images: %s", (_, docker, expected) => {
    const { exitCode, stdout } = written(rpm, docker);
    expect(exitCode).toBe(0);
    expect(stdout.split("\n").filter((line) => /^(package|image)/.test(line))).toEqual([
      "package a",
      "package b",
      ...expected,
    ]);
  });

  it.each([
    ["exit 0", false],
    ["exit 1", true],
  ])("takes Podman's docker for none: rpm -q: %s", (query, expected) => {
    const { stdout } = written(`if [ "$1" = -q ]; then ${query}; else ${rpm}; fi`, "true");
    expect(stdout.split("\n").includes("program docker")).toBe(expected);
  });

  it.each(["true", "echo package a; exit 1"])("is none where rpm does not answer: %s", (broken) => {
    const { exitCode, stderr } = written(broken, "true");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("rpm does not tell what is installed");
  });

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
