import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunEvent } from "../../../src/run/events.ts";
import { inCopyOfThisMachine } from "../../support/debian-copy.ts";
import { type Scratch, scratch } from "../../support/scratch.ts";
import type { Wanted } from "./packages.playbook.ts";

let files: Scratch;
beforeAll(() => {
  files = scratch();
  // apt reads a repository as a user of its own.
  chmodSync(files.folder, 0o755);
});
afterAll(() => files.remove());

/** Builds a deb that brings nothing but itself. Gives what a repository's index says of it. */
const smallDeb = (name: string, version: string, folder: string): string => {
  const control = `Package: ${name}
Version: ${version}
Architecture: all
Maintainer: weft <weft@example.com>
Description: A package of a test
`;
  files.write(`${name}-${version}/DEBIAN/control`, control);
  const file = `${name}_${version.replace(/^\d+:/, "")}_all.deb`;
  const path = `${files.folder}/${folder}/${file}`;
  mkdirSync(`${files.folder}/${folder}`, { recursive: true });
  execFileSync("dpkg-deb", ["--build", `${files.folder}/${name}-${version}`, path]);
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  return `${control}Filename: ./${file}\nSize: ${statSync(path).size}\nSHA256: ${sha256}\n`;
};

interface Step {
  readonly wanted: Wanted;
  /** What is changed about packages. */
  readonly changes: readonly string[];
  /** Names and versions of those of the test that are installed then. */
  readonly after: string;
}

const steps = (deb: string): readonly Step[] => [
  {
    wanted: { packages: { names: [{ name: "weft-a", version: "1.1-1" }, "weft-b"] } },
    changes: ["install weft-a 1.1-1, weft-b"],
    after: "weft-a 1.1-1\nweft-b 1:2.0-1\n",
  },
  {
    wanted: { packages: { names: [{ name: "weft-a", version: "1.0*" }] } },
    changes: ["replace weft-a 1.1-1 -> 1.0*"],
    after: "weft-a 1.0-1\nweft-b 1:2.0-1\n",
  },
  {
    wanted: { packages: { names: ["weft-a", "weft-b"], state: "latest" } },
    changes: ["replace weft-a 1.0-1 -> 1.2-1"],
    after: "weft-a 1.2-1\nweft-b 1:2.0-1\n",
  },
  {
    wanted: { packages: { names: ["weft-a", "weft-b", "weft-c"], state: "absent" } },
    changes: ["remove weft-a, weft-b"],
    after: "",
  },
  {
    wanted: { file: { from: { local: deb } } },
    changes: [`install weft-c 3.0-2 from ${deb}`],
    after: "weft-c 1:3.0-2\n",
  },
];

// In a copy of the Debian that the tests run on: the lab's hosts have no apt.
it("packages come and go with apt, and a second run changes nothing", () => {
  const index = [
    smallDeb("weft-a", "1.0-1", "repo"),
    smallDeb("weft-a", "1.1-1", "repo"),
    smallDeb("weft-a", "1.2-1", "repo"),
    smallDeb("weft-b", "1:2.0-1", "repo"),
  ];
  files.write("repo/Packages", index.join("\n"));
  smallDeb("weft-c", "1:3.0-2", "apart");
  const deb = `${files.folder}/apart/weft-c_3.0-2_all.deb`;
  const inventory = files.write("hosts.ini", "here ansible_connection=local\n");
  files.write("said/.keep", "");
  const given = steps(deb);
  const run = `node bin/weft.js run test/integration/tasks/apt.playbook.ts -i ${inventory} --no-lock --output json`;
  const script = given.map(({ wanted }, at) => {
    const said = `${files.folder}/said/${at}`;
    return `
WEFT_TEST_WANTED='${JSON.stringify(wanted)}'; export WEFT_TEST_WANTED
${run} --check >${said}.check || { cat ${said}.check >&2; exit 1; }
${run} >${said}.first || { cat ${said}.first >&2; exit 1; }
dpkg-query -W -f '\${Package} \${Version}\\n' 'weft-*' >${said}.after 2>/dev/null || :
${run} >${said}.second || { cat ${said}.second >&2; exit 1; }`;
  });
  inCopyOfThisMachine(
    `cd ${process.cwd()}
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*
WEFT_TEST_FOLDER=${files.folder}; export WEFT_TEST_FOLDER
${script.join("\n")}
ls -A /var/tmp | grep weft >${files.folder}/said/left || :`,
    { folders: [process.cwd(), files.folder], mountPoint: `${files.folder}/copy` },
  );

  const saidOf = (name: string) => readFileSync(`${files.folder}/said/${name}`, "utf8");
  const changesIn = (name: string) =>
    saidOf(name)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent)
      .flatMap((event) =>
        event.type === "task-end" && !event.task.includes("repo")
          ? event.changes.map(({ summary }) => summary)
          : [],
      );
  for (const [at, { changes, after }] of given.entries()) {
    expect(changesIn(`${at}.check`)).toEqual(changes);
    expect(changesIn(`${at}.first`)).toEqual(changes);
    expect(saidOf(`${at}.after`)).toBe(after);
    expect(changesIn(`${at}.second`)).toEqual([]);
  }
  expect(saidOf("left")).toBe("");
});
