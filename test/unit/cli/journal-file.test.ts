import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { journalFile, unfinishedRun } from "../../../src/cli/journal-file.ts";
import type { RunEvent } from "../../../src/run/events.ts";

/** How many more writes the disk takes. */
let room = Number.POSITIVE_INFINITY;

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const writeSync = (file: number, text: string): number => {
    if (room <= 0) throw new Error("ENOSPC: no space left on device, write");
    room -= 1;
    return fs.writeSync(file, text);
  };
  return { ...fs, writeSync };
});

let folder: string;
let playbook: string;

beforeEach(() => {
  room = Number.POSITIVE_INFINITY;
  folder = mkdtempSync(join(tmpdir(), "weft-test-"));
  playbook = join(folder, "site.ts");
  writeFileSync(playbook, "");
  vi.stubEnv("XDG_STATE_HOME", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const ended = (task: string): RunEvent => ({
  type: "task-end",
  play: "play",
  host: "one",
  task,
  index: 0,
  status: "ok",
  changes: [],
  ms: 0,
});

it("keeps what it could write, and tells once that the disk is full", () => {
  const told = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const journal = journalFile(playbook, undefined);
  journal.emit(ended("a"));
  room = 0;
  journal.emit(ended("b"));
  // A line after one that is missing would have a later run pass b over.
  room = 9;
  journal.emit(ended("c"));
  journal.close();
  expect(told.mock.calls).toEqual([
    [expect.stringMatching(/^warning: --resume will not know all of this run: ENOSPC/)],
  ]);
  expect(unfinishedRun(playbook).get("one")?.get(0)).toEqual([{ title: "a", status: "ok" }]);
});
