import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { candidatesOf, type Known } from "../../../src/cli/complete/candidates.ts";
import { situationOf } from "../../../src/cli/complete/wanted.ts";
import { syntaxOf } from "../../../src/cli/verb-syntax.ts";
import { verbs } from "../../../src/cli/verbs.ts";

const syntax = verbs.map(syntaxOf);

const known: Known = {
  hosts: async () => ["web-1", "web-2"],
  members: async () => [{ value: "web", describe: "group" }, { value: "web-1" }],
  tags: async () => ["dns", "ntp"],
  titles: async () => ["file /etc/motd"],
  tasks: async () => [{ value: "service", describe: "A service." }],
  labHosts: async () => ["lab-1"],
  playbookFlags: async () => [{ value: "keep-packages", describe: "Leave them" }],
};

const found = async (...words: readonly string[]) => {
  const current = words.at(-1) ?? "";
  const candidates = await candidatesOf(situationOf(words, syntax), current, known);
  if (candidates.kind !== "words") return candidates;
  return candidates.words.map(({ value }) => value).filter((value) => value.startsWith(current));
};

describe("a word is completed to", () => {
  it.each([
    ["a verb", ["fac"], ["facts"]],
    ["an inner verb", ["lab", "power"], ["poweroff"]],
    ["a flag of the verb", ["run", "play.ts", "--che"], ["--check"]],
    ["a flag where no more words are expected", ["run", "play.ts", "--skip"], ["--skip-tags"]],
    [
      "short flags, too, after one dash",
      ["tasks", "-"],
      ["--output", "--help", "--keep-packages", "-o", "-h"],
    ],
    ["a flag of the playbook", ["run", "play.ts", "--kee"], ["--keep-packages"]],
    ["one of a flag's choices", ["run", "play.ts", "-o", "js"], ["json"]],
    ["the same behind =", ["run", "play.ts", "--output=js"], ["--output=json"]],
    ["hosts and groups in a pattern", ["exec", "we"], ["web", "web-1"]],
    ["the last term of a pattern", ["ping", "all:!web-"], ["all:!web-1"]],
    ["the last term of --limit", ["run", "play.ts", "-l", "a,web-"], ["a,web-1"]],
    ["the hosts that failed", ["run", "play.ts", "-l", "@"], ["@failed"]],
    ["one host", ["inventory", "--host", ""], ["web-1", "web-2"]],
    ["a tag behind others", ["run", "play.ts", "--tags", "dns,n"], ["dns,ntp"]],
    ["a task's title", ["run", "play.ts", "--start-at-task", "f"], ["file /etc/motd"]],
    ["a task's name", ["tasks", "s"], ["service"]],
    ["a host of the lab", ["lab", "ssh", ""], ["lab-1"]],
    ["nothing where a number is wanted", ["run", "play.ts", "--forks", ""], []],
    ["nothing behind an unknown verb", ["rnu", ""], []],
    ["nothing behind -- where a verb takes no more words", ["facts", "--", ""], []],
    ["nothing in a command behind --", ["exec", "all", "--", "--h"], []],
  ])("%s", async (_, words, expected) => {
    expect(await found(...words)).toEqual(expected);
  });

  it("files, by the shell", async () => {
    expect(await found("run", "")).toEqual({ kind: "files", suffix: ".ts" });
    expect(await found("ping", "-i", "")).toEqual({ kind: "files", suffix: "" });
    expect(await found("apply", "")).toEqual({ kind: "files", suffix: "" });
    expect(await found("secrets", "encrypt", "")).toEqual({ kind: "files", suffix: "" });
    expect(await found("run", "play.ts", "--log-dir=")).toEqual({ kind: "folders" });
  });
});

describe("the words before", () => {
  it("are known by their long names, in every spelling", () => {
    const words = ["run", "-i", "a.ini", "play.ts", "--inventory=b.ini", "-e", "x=1", "--tags", ""];
    expect(situationOf(words, syntax).given).toEqual(
      new Map([
        ["inventory", ["a.ini", "b.ini"]],
        ["playbook", ["play.ts"]],
        ["extra-vars", ["x=1"]],
      ]),
    );
  });
});

describe("docs/cli.md", () => {
  it("names every verb", () => {
    const page = readFileSync("docs/cli.md", "utf8");
    const missing = syntax.filter(({ name }) => !page.includes(`\`weft ${name}`));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});
