import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sh, TaskError } from "weft";

const tasks = readdirSync("tasks").flatMap((name) => /^(.+)\.ts$/.exec(name)?.[1] ?? []);

const modules = await Promise.all(
  tasks.map((name) => import(`../../../tasks/${name}.ts`) as Promise<Record<string, unknown>>),
);
const scope: Record<string, unknown> = Object.assign({ sh, hosts: [] }, ...modules);

/** Makes the task that an example shows. Its local files are not here. */
const make = (code: string): void => {
  const names = Object.keys(scope);
  const example = new Function(...names, code);
  try {
    example(...names.map((name) => scope[name]));
  } catch (error) {
    if (!(error instanceof TaskError) || !/local file|script .* cannot/.test(error.message)) {
      throw error;
    }
  }
};

const page = readFileSync("docs/tasks.md", "utf8");
const rows = [...page.matchAll(/^\| `(\w+)` \| .* \| (`+)(.+)\2 \|$/gm)].map(
  ([, name = "", , code = ""]) => [name, code] as const,
);

describe("the examples of docs/tasks.md", () => {
  it.each(rows)("%s", (name, code) => {
    expect(code.startsWith(`${name}(`)).toBe(true);
    make(code);
  });

  it("are of every task", () => {
    const told = rows.map(([name]) => name);
    expect(new Set(told).size).toBe(told.length);
    modules.forEach((module, at) => {
      expect(
        Object.keys(module).some((name) => told.includes(name)),
        tasks[at],
      ).toBe(true);
    });
  });
});

const fenced = / \* @example\n \* ```ts\n([\s\S]*?)\n \* ```/g;
const examples = tasks.flatMap((name) =>
  [...readFileSync(`tasks/${name}.ts`, "utf8").matchAll(fenced)].map(
    ([, code = ""]) => [name, code.replace(/^ \* ?/gm, "")] as const,
  ),
);

describe("the examples in the comments of", () => {
  it.each(examples)("%s", (_, code) => make(code));
});
