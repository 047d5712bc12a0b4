import { expect, it } from "vitest";
import { foldedOutput } from "../../../src/ui/folded-output.ts";

it("folds hosts that printed the same, and keeps apart those that differ or failed", () => {
  const output = "a\nb\n";
  expect(
    foldedOutput([
      { host: "h1", output, exitCode: 0 },
      { host: "h2", output: "c", exitCode: 0 },
      { host: "h3", output, exitCode: 0 },
      { host: "h4", output, exitCode: 1 },
      { host: "h5", output: "", exitCode: 0 },
    ]),
  ).toBe("h1,h3 (2)\n  a\n  b\n\nh2\n  c\n\nh4  exit code 1\n  a\n  b\n\nh5");
});

it("strips what a command could do to the terminal", () => {
  expect(foldedOutput([{ host: "h1", output: "\u001b[2Jred\u0001", exitCode: 0 }])).toBe(
    "h1\n  red",
  );
});
