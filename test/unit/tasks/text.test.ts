import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { askText, parseText } from "../../../tasks/file/text.ts";
import { runHere, scratchFolder, shells } from "./on-this-machine.ts";

const folder = scratchFolder();

describe.each(shells)("a file that is asked for in $name", ({ shell }) => {
  it.each([
    "",
    "\n",
    "\n\n",
    "one\n",
    "one",
    "one\n\ntwo",
    ".",
    "one\n.",
    "text|.",
    "text|.\n",
    "a\rb\r\nc\u2028d",
    "  blank \t\n -n\\n\n",
  ])("comes to the last byte: %j", (text) => {
    const path = join(folder, "a file");
    writeFileSync(path, text);
    expect(parseText(runHere(askText(path), shell))).toBe(text);
  });

  it("is none where there is none", () => {
    expect(parseText(runHere(askText(join(folder, "none")), shell))).toBeUndefined();
  });
});
