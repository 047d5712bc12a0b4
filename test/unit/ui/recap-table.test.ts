import { describe, expect, it } from "vitest";
import { createLook } from "../../../src/ui/look.ts";
import { type Recap, recapTable } from "../../../src/ui/recap-table.ts";
import { textWidth } from "../../../src/ui/text-width.ts";

const counts = { ok: 0, changed: 0, failed: 0, unreachable: 0, skipped: 0, ignored: 0, rescued: 0 };
const recap: Recap = {
  type: "recap",
  hosts: {
    "lab-1": { ...counts, ok: 9, changed: 3 },
    "lab-2": { ...counts, ok: 12 },
    "lab-3": { ...counts, ok: 2, failed: 1, skipped: 1 },
    "lab-4": { ...counts, unreachable: 1 },
  },
  ms: 83_000,
  check: false,
  interrupted: false,
};
const look = (width: number, color = false) =>
  createLook({ color, verbosity: 0, showDiff: false }, width);

describe("recap table", () => {
  it("aligns a line a host", () => {
    expect(recapTable(recap, look(80))).toEqual([
      "Recap  4 hosts in 1m 23s",
      "host   ok  changed  failed  unreachable  skipped",
      "lab-1   9        3       0            0        0",
      "lab-2  12        0       0            0        0",
      "lab-3   2        0       1            0        1",
      "lab-4   0        0       0            1        0",
    ]);
  });

  it("says that nothing was changed in check mode, and that a run was interrupted", () => {
    const lines = recapTable({ ...recap, check: true, interrupted: true }, look(80));
    expect(lines.slice(0, 5)).toEqual([
      "Recap  4 hosts in 1m 23s",
      "Check mode: nothing was changed.",
      "Interrupted: the run was stopped before its end.",
      "host   ok  would change  failed  unreachable  skipped",
      "lab-1   9             3       0            0        0",
    ]);
  });

  it("cuts long names to the width of the terminal", () => {
    const hosts = { "a-very-long-host-name.example.org": counts };
    const lines = recapTable({ ...recap, hosts }, look(60));
    expect(lines.at(-1)).toMatch(/^a-very-\S*…\s+0 /);
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(60);
  });

  it("has columns for rescued and ignored where some host has them, within 80 characters", () => {
    const hosts = { "a-very-long-host-name.example.org": { ...counts, rescued: 1, ignored: 12 } };
    const lines = recapTable({ ...recap, hosts, check: true }, look(80));
    expect(lines.at(-2)).toMatch(/skipped {2}rescued {2}ignored$/);
    expect(lines.at(-1)).toMatch(/^a-very-\S*… .* 1 +12$/);
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(80);
  });

  it("becomes a sentence a host where no table fits", () => {
    expect(recapTable(recap, look(30)).slice(1)).toEqual([
      "lab-1  9 ok, 3 changed",
      "lab-2  12 ok",
      "lab-3  2 ok, 1 failed, 1 skipped",
      "lab-4  1 unreachable",
    ]);
  });

  it("folds the quiet hosts of a large run into one row", () => {
    const hosts = {
      ...recap.hosts,
      "lab-5": { ...counts, ok: 12 },
      "lab-6": { ...counts, ignored: 1 },
    };
    const names = (limit: number) =>
      recapTable({ ...recap, hosts }, look(80), limit)
        .slice(2)
        .map((line) => line.slice(0, 17).trimEnd());
    expect(names(5)).toEqual([
      "lab-1           9",
      "lab-3           2",
      "lab-4           0",
      "lab-6           0",
      "2 other hosts  24",
    ]);
    // What went wrong is in sight where the screen is too small even so.
    expect(names(4)).toEqual([
      "lab-1           9",
      "lab-6           0",
      "2 other hosts  24",
      "lab-3           2",
      "lab-4           0",
    ]);
  });

  it("colours only where colour is on", () => {
    const csi = "\u001b[";
    expect(recapTable(recap, look(80)).join("\n")).not.toContain(csi);
    const lines = recapTable(recap, look(80, true));
    expect(lines[2]).toContain(`${csi}33mlab-1`);
    expect(lines[3]).toContain(`${csi}32mlab-2`);
    expect(lines[4]).toContain(`${csi}31mlab-3`);
  });
});
