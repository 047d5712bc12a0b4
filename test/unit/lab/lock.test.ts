import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "../../../src/lab/lock.ts";

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "weft-lock-"));
  path = join(dir, "below", "lock");
});
afterEach(() => rm(dir, { recursive: true }));

test("a second action is refused with the process that is at it, while the first goes on", async () => {
  const second = withLock(path, () => withLock(path, async () => "in"));
  await expect(second).rejects.toThrow(`another weft lab command, process ${process.pid}`);
});

test("the lock is gone after the action, failed or not", async () => {
  expect(await withLock(path, async () => 1)).toBe(1);
  await expect(withLock(path, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  await expect(stat(path)).rejects.toThrow();
});

test("a lock whose holder was killed is taken over, even where its process id is in use again", async () => {
  await withLock(path, async () => undefined);
  await writeFile(path, `${process.pid} 1\n`);
  expect(await withLock(path, async () => "mine")).toBe("mine");
});
