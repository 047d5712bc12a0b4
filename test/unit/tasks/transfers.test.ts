import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sh } from "weft";
import { archive } from "../../../tasks/archive.ts";
import { fetch } from "../../../tasks/fetch.ts";
import { getUrl } from "../../../tasks/get-url.ts";
import { upload } from "../../../tasks/upload.ts";
import { answer, summaries } from "./answer.ts";
import { converge, planHere, runHere, scratchFolder, shells } from "./on-this-machine.ts";

const folder = scratchFolder();
let made = 0;
const fresh = (): string => `${folder}/a ${++made}`;

const packed = (): string => {
  const source = fresh();
  mkdirSync(`${source}/app-1/bin`, { recursive: true });
  mkdirSync(`${source}/app-1/.hidden`);
  writeFileSync(`${source}/app-1/bin/app`, "app", { mode: 0o755 });
  writeFileSync(`${source}/app-1/README`, "read");
  const file = `${source}.tar.gz`;
  execFileSync("tar", ["-czf", file, "-C", source, "app-1"]);
  return file;
};

describe.each(shells)("under $name", ({ shell }) => {
  it("an upload arrives to the last byte, with its mode, and is mended", () => {
    const source = fresh();
    const path = `${fresh()}/sub/file`;
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, at) => at % 256));
    writeFileSync(source, bytes);
    const task = upload({ source, path, mode: "750" });
    expect(converge(task, shell)).toEqual([`upload ${source} to ${path}`]);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o750);
    writeFileSync(path, bytes.subarray(1));
    expect(converge(task, shell)).toHaveLength(1);
  });

  it("an archive on the host is unpacked, and one that is streamed", () => {
    const file = packed();
    for (const from of [{ host: file }, { local: file }]) {
      const into = fresh();
      const task = archive({ archive: from, into, creates: `${into}/bin/app`, strip: 1 });
      expect(converge(task, shell)).toEqual([`unpack ${file} into ${into}`]);
      expect(readFileSync(`${into}/bin/app`, "utf8")).toBe("app");
      expect(statSync(`${into}/bin/app`).mode & 0o777).toBe(0o755);
      expect(runHere(sh`ls -A ${into}`).stdout).toBe(".hidden\nREADME\nbin\n");
    }
  });
});

describe("upload", () => {
  it("does not put in place what arrived in part", () => {
    const source = fresh();
    const path = fresh();
    writeFileSync(source, "whole");
    writeFileSync(path, "old");
    const [change] = planHere(upload({ source, path }));
    writeFileSync(source, "who");
    const { exitCode, stderr } = runHere(change?.command ?? sh`:`, undefined, source);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/does not have the SHA-256/);
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  it("throws before any host is touched where there is no such file", () => {
    expect(() => upload({ source: "/no/such", path: "/a" })).toThrow(/\/no\/such cannot be read/);
  });
});

describe("fetch", () => {
  const sha256 = createHash("sha256").update("content").digest("hex");
  const there = `remote=file 7 ${sha256}  -\n`;
  const local = (text?: string): string => {
    const path = fresh();
    if (text !== undefined) writeFileSync(path, text);
    return path;
  };
  const plan = (to: string, stdout: string, options = {}) => {
    const task = fetch({ path: "/etc/a", to, ...options });
    return task.plan(task.probe.parse(answer(stdout)));
  };

  it.each([
    ["the same content here", "content", []],
    ["another content here", "old", 1],
    ["none here", undefined, 1],
  ])("plans: %s", (_, text, expected) => {
    const to = local(text);
    const changes = plan(to, there, { mode: "0640" });
    if (expected === 1) {
      expect(changes).toMatchObject([
        { summary: `fetch /etc/a to ${to}`, stdout: { file: to, mode: 0o640, bytes: 7 } },
      ]);
    } else expect(changes).toEqual(expected);
  });

  it("tries a file that the host has not, for an earlier task may bring it, unless it is optional", () => {
    const [change] = plan(local(), "remote=absent\n");
    expect(change?.stdout).not.toHaveProperty("bytes");
    expect(plan(local(), "remote=absent\n", { optional: true })).toEqual([]);
    expect(() => plan(local(), "remote=other\n", { optional: true })).toThrow(/no file that could/);
  });

  it("does not take a file that it may not read for an empty one", () => {
    expect(() => plan(local(), "remote=file  \n")).toThrow(/cannot be read/);
  });

  it.each(shells)("asks under $name", ({ shell }) => {
    const path = local("content");
    const ask = (it: string) =>
      runHere(fetch({ path: it, to: "unused" }).probe.command, shell).stdout;
    expect(ask(path)).toBe(there);
    expect(ask("/no/such")).toBe("remote=absent\n");
    expect(ask("/etc")).toBe("remote=other\n");
  });

  it.each(["rw", "888"])("refuses the mode %s", (mode) => {
    expect(() => fetch({ path: "/a", to: "b", mode })).toThrow(/no file mode/);
  });
});

describe("getUrl", () => {
  const url = "http://example.com/a";
  const sha256 = createHash("sha256").update("content").digest("hex").toUpperCase();
  const file = "entry=file:644:0:0:root:root\n";

  it.each([
    ["a file that is the one", `${file}content=same\n`, []],
    ["another file", `${file}content=different\n`, [`fetch ${url} to /a`]],
    ["no file", "entry=absent\n", [`fetch ${url} to /a`]],
  ])("plans: %s", (_, stdout, expected) => {
    const task = getUrl({ url, path: "/a", sha256 });
    expect(summaries(task.plan(task.probe.parse(answer(stdout))))).toEqual(expected);
  });

  it("takes any file where it is told no digest", () => {
    const path = fresh();
    writeFileSync(path, "any");
    expect(planHere(getUrl({ url, path }))).toEqual([]);
  });

  it("fetches with what there is, and tests what came", () => {
    const path = fresh();
    const [change] = planHere(getUrl({ url, path, sha256 }));
    const withCurl = (says: string) =>
      runHere(sh`curl() { printf %s ${says}; }
${change?.command ?? sh`:`}`);
    expect(withCurl("<html>").stderr).toMatch(/does not have the SHA-256/);
    expect(existsSync(path)).toBe(false);
    expect(withCurl("content")).toMatchObject({ exitCode: 0 });
    expect(readFileSync(path, "utf8")).toBe("content");
  });

  it.each([
    ["no URL", { url: "file:///etc/passwd" }, /no URL/],
    ["no digest", { url, sha256: "abc" }, /no SHA-256/],
  ])("refuses %s", (_, options, message) => {
    expect(() => getUrl({ path: "/a", ...options })).toThrow(message);
  });
});

describe("archive", () => {
  it("says what an archive does not bring, and leaves nothing behind", () => {
    const file = packed();
    const into = fresh();
    const [change] = planHere(
      archive({ archive: { host: file }, into, creates: `${into}/missing` }),
    );
    expect(runHere(change?.command ?? sh`:`)).toMatchObject({
      exitCode: 1,
      stderr: "the archive brings no missing\n",
    });
    expect(runHere(sh`ls -A ${into}`).stdout).toBe("");
  });

  it.each([
    ["a path elsewhere", { creates: "/opt/b" }, /not below/],
    ["the directory itself", { creates: "/opt/a" }, /not below/],
    ["another kind of file", { archive: { host: "/a.zip" } }, /no archive of a kind/],
    ["no such local file", { archive: { local: "/no/such.tar" } }, /no local file/],
  ])("refuses %s", (_, options, message) => {
    const given = { archive: { host: "/a.tar" }, into: "/opt/a", creates: "/opt/a/b" };
    expect(() => archive({ ...given, ...options })).toThrow(message);
  });
});
