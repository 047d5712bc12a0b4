import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { secret, sh, TaskError } from "weft";
import { withTaskReference } from "../../../scripts/task-docs.js";
import { taskReference } from "../../../scripts/task-reference.js";
import { type Scratch, scratch } from "../../support/scratch.ts";

const reference = taskReference();
const rows = reference.map((page) => [page.name, page] as const);
const fileOf = (module: string) => module.replace("weft/tasks/", "");

describe("the example in the comment of", () => {
  it.each(rows)("%s makes the task", async (name, { module, example }) => {
    const exported: Record<string, unknown> = await import(`../../../tasks/${fileOf(module)}.ts`);
    const scope: Record<string, unknown> = { sh, secret, hosts: [], [name]: exported[name] };
    const code = example.replace(/^import .*$/gm, "");
    expect(code.trim().startsWith(`${name}(`)).toBe(true);
    const make = new Function(...Object.keys(scope), code);
    try {
      make(...Object.values(scope));
    } catch (error) {
      // Its local files are not here.
      if (!(error instanceof TaskError)) throw error;
      expect(error.message).toMatch(/local file|script .* cannot/);
    }
  });
});

describe("the examples", () => {
  let files: Scratch;
  beforeAll(() => {
    files = scratch();
  });
  afterAll(() => files.remove());

  // A compiler run of seconds, or of many where the machine is busy.
  it("compile as they stand", { timeout: 120_000 }, () => {
    const examples = reference.map(({ name, example }) =>
      files.write(
        `${name}.mts`,
        `${example}\ndeclare const hosts: readonly import("weft").Peer<import("${resolve("inventory/contract.ts")}").MeshVars>[];\n`,
      ),
    );
    const project = files.write(
      "tsconfig.json",
      JSON.stringify({
        extends: resolve("tsconfig.json"),
        compilerOptions: {
          noUnusedLocals: false,
          typeRoots: [resolve("node_modules/@types")],
          paths: {
            weft: [resolve("src/index.ts")],
            "weft/tasks/*": [resolve("tasks/*.ts")],
          },
        },
        files: examples,
      }),
    );
    const { stdout } = spawnSync(process.execPath, [
      resolve("node_modules/typescript/bin/tsc"),
      "--project",
      project,
    ]);
    expect(stdout.toString()).toBe("");
  });
});

describe("docs/tasks.md", () => {
  it("says what the comments say; if not: npm run docs", () => {
    const page = readFileSync("docs/tasks.md", "utf8");
    expect(page).toBe(withTaskReference(page, reference));
  });
});
