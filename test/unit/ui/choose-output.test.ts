import { describe, expect, it } from "vitest";
import { chooseOutput } from "../../../src/ui/renderer.ts";

describe("choice of output", () => {
  it.each([
    { wanted: "auto", isTTY: true, ci: false, kind: "listr" },
    { wanted: "auto", isTTY: true, ci: true, kind: "plain" },
    { wanted: "auto", isTTY: false, ci: false, kind: "plain" },
    { wanted: "json", isTTY: true, ci: false, kind: "json" },
    { wanted: "listr", isTTY: false, ci: true, kind: "listr" },
  ] as const)("$wanted, terminal $isTTY, CI $ci: $kind", ({ wanted, isTTY, ci, kind }) => {
    expect(chooseOutput(wanted, { isTTY, ci })).toBe(kind);
  });
});
