import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { withKey } from "../../../tasks/authorized-key.ts";
import { blockInFile, withBlock } from "../../../tasks/block-in-file.ts";
import { lineInFile, withLine } from "../../../tasks/line-in-file.ts";
import { withMount } from "../../../tasks/mount.ts";
import { converge, planHere, scratchFolder, shells } from "./on-this-machine.ts";

const folder = scratchFolder();
let made = 0;
const fresh = (text?: string | Buffer): string => {
  const path = `${folder}/a ${++made}`;
  if (text !== undefined) writeFileSync(path, text);
  return path;
};

describe("withLine", () => {
  const root = { path: "/a", line: "Root no", match: /^#?Root / };
  it.each([
    ["adds at the end", "a\n", { path: "/a", line: "b" }, "a\nb\n"],
    ["ends a last line without an end", "a", { path: "/a", line: "b" }, "a\nb\n"],
    ["leaves a line that is there", "b\na", { path: "/a", line: "b" }, "b\na"],
    ["replaces the last that matches", "#Root a\nx\nRoot b\ny\n", root, "#Root a\nx\nRoot no\ny\n"],
    ["leaves the last that matches", "#Root a\nRoot no\n", root, "#Root a\nRoot no\n"],
    ["adds where none matches", "x\n", root, "x\nRoot no\n"],
    ["adds after", "[a]\nx\n[b]\ny\n", { ...root, after: /^\[a\]/ }, "[a]\nRoot no\nx\n[b]\ny\n"],
    ["adds at the end without an after", "x\n", { ...root, after: /^\[a\]/ }, "x\nRoot no\n"],
    ["removes all", "Root a\nx\n#Root b\n", { ...root, absent: true }, "x\n"],
    ["has none to remove", "x", { ...root, absent: true }, "x"],
    ["makes an empty file's line", "", { path: "/a", line: "b" }, "b\n"],
    ["takes a pattern with state", "Root a\nx\n", { ...root, match: /^Root/g }, "Root no\nx\n"],
  ])("%s", (_, text, options, expected) => {
    expect(withLine(text, options)).toBe(expected);
    expect(withLine(expected, options)).toBe(expected);
  });
});

describe("withBlock", () => {
  const block = { path: "/a", name: "x", block: "1\n2" };
  const whole = "# BEGIN weft x\n1\n2\n# END weft x\n";
  it.each([
    ["adds it at the end", "a", block, `a\n${whole}`],
    ["changes it in its place", `a\n${whole.replace("2", "3")}b\n`, block, `a\n${whole}b\n`],
    ["leaves it", `a\n${whole}b`, block, `a\n${whole}b`],
    ["removes it", `a\n${whole}b\n`, { ...block, absent: true }, "a\nb\n"],
    ["has none to remove", "a", { ...block, absent: true }, "a"],
    ["takes another comment", "", { ...block, comment: ";" }, whole.replaceAll("#", ";")],
  ])("%s", (_, text, options, expected) => {
    expect(withBlock(text, options)).toBe(expected);
    expect(withBlock(expected, options)).toBe(expected);
  });

  it.each([
    ["an end without a beginning", "# END weft x\n"],
    ["a beginning without an end", "# BEGIN weft x\n"],
    ["two of them", whole + whole],
    ["the wrong way round", "# END weft x\n# BEGIN weft x\n"],
  ])("refuses %s", (_, text) => {
    expect(() => withBlock(text, block)).toThrow(/once each/);
  });
});

describe("withKey", () => {
  const key = "ssh-ed25519 AAAAC3Nza ann@desk";
  it.each([
    ["adds it", "ssh-rsa AAAAB3 x\n", false, `ssh-rsa AAAAB3 x\n${key}\n`],
    ["leaves it", `# c\n${key}`, false, `# c\n${key}`],
    ["renames it", "ssh-ed25519 AAAAC3Nza old\n", false, `${key}\n`],
    ["takes options away", `command="ssh-x" ${key}\n`, false, `${key}\n`],
    ["keeps it once", `${key}\n${key}\n`, false, `${key}\n`],
    [
      "removes it, whatever its options",
      `no-pty ${key}\nssh-rsa AAAAB3 x\n`,
      true,
      "ssh-rsa AAAAB3 x\n",
    ],
    ["has none to remove", "", true, ""],
  ])("%s", (_, text, absent, expected) => {
    expect(withKey(text, key, absent)).toBe(expected);
  });
});

describe("withMount", () => {
  const data = { path: "/srv/my data", source: "LABEL=data", type: "xfs", options: ["noatime"] };
  const line = "LABEL=data /srv/my\\040data xfs noatime 0 0\n";
  const root = "# fstab\nUUID=1  /  xfs\tdefaults 0 1\n";
  it.each([
    ["adds it", root, data, root + line],
    [
      "leaves it, however it is spaced",
      root + line.replaceAll(" ", "\t"),
      data,
      root + line.replaceAll(" ", "\t"),
    ],
    ["changes it in its place", line.replace("noatime", "ro") + root, data, line + root],
    ["keeps it once", line + root + line, data, line + root],
    ["leaves a comment", `#${line}`, data, `#${line}${line}`],
    ["removes it", line + root, { ...data, absent: true }, root],
    ["has none to remove", root, { ...data, absent: true }, root],
  ])("%s", (_, text, options, expected) => {
    expect(withMount(text, options)).toBe(expected);
  });
});

describe.each(shells)("under $name", ({ shell }) => {
  it("a line and a block get into a file, which keeps its mode", () => {
    const path = fresh("Root yes\nlast");
    chmodSync(path, 0o640);
    const line = lineInFile({ path, line: "Root 'no' \\1 &", match: /^Root/ });
    const block = blockInFile({ path, name: "x", block: "1\n2\n" });
    expect(converge(line, shell)).toEqual([`change line in ${path}`]);
    expect(converge(block, shell)).toEqual([`add block x to ${path}`]);
    expect(converge(line, shell)).toEqual([]);
    expect(readFileSync(path, "utf8")).toBe(
      "Root 'no' \\1 &\nlast\n# BEGIN weft x\n1\n2\n# END weft x\n",
    );
    expect(statSync(path).mode & 0o777).toBe(0o640);
    const gone = blockInFile({ path, name: "x", block: "", absent: true });
    expect(converge(gone, shell)).toEqual([`remove block x from ${path}`]);
  });
});

describe("lineInFile", () => {
  it("makes a file that is missing, with the mode that it is told", () => {
    const path = fresh();
    expect(converge(lineInFile({ path, line: "a", mode: "600" }))).toEqual([`add line to ${path}`]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("shows what it changes", () => {
    const path = fresh("a\n");
    const [change] = planHere(lineInFile({ path, line: "b" }));
    expect(change?.diff).toEqual({ subject: path, before: "a\n", after: "a\nb\n" });
  });

  it("does not damage a file in another encoding", () => {
    const path = fresh(Buffer.from([0x61, 0xe9, 0x0a]));
    expect(() => planHere(lineInFile({ path, line: "b" }))).toThrow(/no UTF-8 text/);
  });

  it("refuses more than a line", () => {
    expect(() => lineInFile({ path: "/a", line: "a\nb" })).toThrow(/one line/);
  });
});
