import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { atomicWrite, isStream } from "../../../src/cli/atomic-write.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weft-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("makes a file in place of an earlier one, for its owner only", () => {
  const file = join(folder, "deep", "report");
  atomicWrite(file, "one");
  atomicWrite(file, "two");
  expect(readFileSync(file, "utf8")).toBe("two");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, "deep"))).toEqual(["report"]);
});

it("writes into a pipe, and leaves it one", async () => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const reader = spawn("cat", [pipe]);
  let read = "";
  reader.stdout.on("data", (chunk: Buffer) => {
    read += chunk.toString();
  });
  atomicWrite(pipe, "report");
  await once(reader, "close");
  expect(read).toBe("report");
  expect(lstatSync(pipe).isFIFO()).toBe(true);
});

it.each([
  ["/dev/null", true],
  ["/dev/stdout", true],
  ["/proc/self/fd/1", true],
  ["/tmp", false],
  ["/no/such/file", false],
])("%s is written to as it is: %s", (path, expected) => {
  expect(isStream(path)).toBe(expected);
});
