import { expect, test } from "vitest";
import { scriptParts } from "../../../src/ssh/script-parts.ts";

/** `a` asks as user a, `A` changes as user a. */
const partsOf = (steps: string): string =>
  scriptParts(
    [...steps].map((letter) => ({
      command: { script: letter, display: letter, secrets: [] },
      timeoutMs: 1,
      mustSucceed: letter !== letter.toLowerCase(),
    })),
    ({ command }) => command.script.toLowerCase(),
  )
    .map(({ who, indexes }) => `${who}${indexes.join("")}`)
    .join(" ");

test.each([
  ["nothing", "", ""],
  ["one user", "aaa", "a012"],
  ["who only ask go together", "abab", "a02 b13"],
  ["changes stay in order", "ABA", "a0 b1 a2"],
  ["what asks after a change goes with it or after it", "Abab", "a02 b13"],
  ["what asks after two changes never goes before the second", "AbBaab", "a0 b125 a34"],
  ["what asks before a change stays before it", "abA", "a0 b1 a2"],
])("%s", (_what, steps, parts) => {
  expect(partsOf(steps)).toBe(parts);
});
