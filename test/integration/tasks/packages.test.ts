import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MeshLab, meshLab } from "../../support/mesh-lab.ts";
import { rpmRepository, smallRpms } from "../../support/rpm-repository.ts";
import { scratch } from "../../support/scratch.ts";
import { eventsOf } from "../../support/weft-cli.ts";
import type { Wanted } from "./packages.playbook.ts";

const RUN = [
  "run",
  "test/integration/tasks/packages.playbook.ts",
  "-i",
  "test/integration/tasks/one-host.ts",
  "--output",
  "json",
];

const local = scratch();
let file: string;

beforeAll(() => {
  const repo = smallRpms(local, "repo", [
    { name: "weft-a", version: "1.0-1" },
    { name: "weft-a", version: "1.1-1" },
    { name: "weft-a", version: "1.2-1" },
    { name: "weft-b", version: "2.0-1" },
  ]);
  rpmRepository(repo);
  const apart = smallRpms(local, "apart", [{ name: "weft-c", version: "3.0-2" }]);
  file = `${apart}/weft-c-3.0-2.noarch.rpm`;
  process.env.WEFT_TEST_FOLDER = local.folder;
});

afterAll(() => local.remove());

describe.each(["el9", "el7"] as const)("packages of %s", (image) => {
  let lab: MeshLab;
  beforeAll(async () => {
    lab = await meshLab("127.0.62", [image]);
  });
  afterAll(() => lab?.end());

  const installed = () => lab.on("lab-1", "rpm -qa 'weft-*' | sort | sed 's/[.]noarch$//'");

  /** What a run of the playbook changes about packages. */
  const changesOf = async (wanted: Wanted, flags: readonly string[] = []) => {
    process.env.WEFT_TEST_WANTED = JSON.stringify(wanted);
    const result = await lab.weft([...RUN, ...flags]);
    expect(result.code, result.stdout + result.stderr).toBe(0);
    return eventsOf(result).flatMap((event) =>
      event.type === "task-end" && /packages? weft-/.test(event.task)
        ? event.changes.map(({ summary }) => summary)
        : [],
    );
  };

  it.each<readonly [string, Wanted, readonly string[], string]>([
    [
      "one in a version and one in whatever version",
      { packages: { names: [{ name: "weft-a", version: "1.1" }, "weft-b"] } },
      ["install weft-a 1.1, weft-b"],
      "weft-a-1.1-1\nweft-b-2.0-1",
    ],
    [
      "an older version, by a pattern",
      { packages: { names: [{ name: "weft-a", version: "1.0*" }] } },
      ["replace weft-a 1.1-1 -> 1.0*"],
      "weft-a-1.0-1\nweft-b-2.0-1",
    ],
    [
      "the latest",
      { packages: { names: ["weft-a", "weft-b"], state: "latest" } },
      ["replace weft-a 1.0-1 -> 1.2-1"],
      "weft-a-1.2-1\nweft-b-2.0-1",
    ],
    [
      "none",
      { packages: { names: ["weft-a", "weft-b", "weft-c"], state: "absent" } },
      ["remove weft-a, weft-b"],
      "",
    ],
  ])("%s", async (_, wanted, expected, after) => {
    const before = await installed();
    expect(await changesOf(wanted, ["--check"])).toEqual(expected);
    expect(await installed()).toBe(before);
    expect(await changesOf(wanted)).toEqual(expected);
    expect(await installed()).toBe(after);
    expect(await changesOf(wanted)).toEqual([]);
  });

  it("one from a file here", async () => {
    const wanted = { file: { from: { local: file } } };
    expect(await changesOf(wanted, ["--check"])).toEqual([`install weft-c 3.0-2 from ${file}`]);
    expect(await installed()).toBe("");
    expect(await changesOf(wanted)).toEqual([`install weft-c 3.0-2 from ${file}`]);
    expect(await installed()).toBe("weft-c-3.0-2");
    expect(await changesOf(wanted)).toEqual([]);
    expect(await lab.on("lab-1", "ls -A /var/tmp | grep weft || :")).toBe("");
  });
});
