import { describe, expect, it } from "vitest";
import { diffBlock } from "../../../src/ui/diff-block.ts";
import { createLook } from "../../../src/ui/look.ts";

const subject = "/etc/hosts";
const look = (color = false) => createLook({ color, verbosity: 0, showDiff: true }, 80);
const header = ["--- /etc/hosts (before)", "+++ /etc/hosts (after)"];

describe("diff block", () => {
  it.each([
    {
      name: "shows three lines of context",
      before: "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
      after: "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
      lines: ["@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8"],
    },
    { name: "shows a new text", before: "", after: "a\nb", lines: ["@@ -0,0 +1,2 @@", "+a", "+b"] },
    { name: "shows a text that goes", before: "a\n", after: "", lines: ["@@ -1,1 +0,0 @@", "-a"] },
    {
      name: "says that a newline at the end is what changed",
      before: "a",
      after: "a\n",
      lines: ["@@ -1,1 +1,1 @@", "-a", "\\ No newline at end of file", "+a"],
    },
    {
      name: "makes carriage returns visible and drops escape sequences",
      before: "\ta\n",
      after: "\ta\r\n\u001b[31mb\n",
      lines: ["@@ -1,1 +1,2 @@", "-        a", "+        a␍", "+b"],
    },
  ])("$name", ({ before, after, lines }) => {
    expect(diffBlock({ subject, before, after }, look())).toEqual([...header, ...lines]);
  });

  it("is empty where nothing differs", () => {
    expect(diffBlock({ subject, before: "a", after: "a" }, look())).toEqual([]);
  });

  it("colours what goes and what comes", () => {
    const lines = diffBlock({ subject, before: "a\n", after: "b\n" }, look(true));
    expect(lines.slice(-2)).toEqual(["\u001b[31m-a\u001b[39m", "\u001b[32m+b\u001b[39m"]);
  });
});
