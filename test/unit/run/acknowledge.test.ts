import { expect, it } from "vitest";
import { onChange } from "../../../src/handlers.ts";
import { when } from "../../../src/refine.ts";
import { after } from "../../../src/result.ts";
import { sh } from "../../../src/shell/command.ts";
import { task } from "../../../src/task.ts";
import type { TaskList } from "../../../src/task-list.ts";
import { ends, runToys, toggle, toyHost } from "../../support/toy.ts";

const wanted = { ...toggle("a"), acknowledge: "Look first" };

it("asks before the changes of a task that wants somebody's word, and tells which", async () => {
  const host = toyHost({ a: false });
  const asked: unknown[] = [];
  const { events } = await runToys({
    hosts: { one: host },
    hooks: {
      acknowledge: async (wait) => {
        asked.push(wait);
        expect(host.trips.flat()).toEqual(["get a"]);
      },
    },
    plays: [() => [wanted]],
  });
  expect(asked).toEqual([{ play: "play 1", title: "switch a", text: "Look first" }]);
  expect(ends(events)).toEqual(["one switch a changed"]);
});

it.each([
  ["there is nothing to change", { a: true }, false, "one switch a ok"],
  ["check mode only looks", { a: false }, true, "one switch a changed"],
])("asks nobody where %s", async (_, switches, check, end) => {
  const { events } = await runToys({
    hosts: { one: toyHost(switches) },
    check,
    hooks: { acknowledge: () => Promise.reject(new Error("asked")) },
    plays: [() => [wanted]],
  });
  expect(ends(events)).toEqual([end]);
});

it("is a problem before any host is touched where nobody can be asked, but not in check mode", async () => {
  const host = toyHost({ a: false });
  const run = { hosts: { one: host }, plays: [() => [wanted]] };
  await expect(runToys(run)).rejects.toThrow(/"switch a" waits for Enter/);
  expect(host.connects).toBe(0);
  expect(ends((await runToys({ ...run, check: true })).events)).toHaveLength(1);
});

it("is the same for handlers, of tasks that may be due", async () => {
  const run = (tasks: TaskList) =>
    runToys({ hosts: { one: toyHost({ b: true }) }, plays: [() => tasks] });
  const tasks = onChange(toggle("b"), wanted);
  await expect(run(tasks)).rejects.toThrow(/"switch a" waits for Enter/);
  expect(ends((await run(when(false, tasks))).events)).toEqual(["one switch b skipped"]);
});

it("fails the task where it is known only later that nobody can be asked", async () => {
  const host = toyHost({ a: false }, { facts: () => ({}) });
  const late = task({
    title: "question",
    probe: { command: sh`facts`, parse: () => "known" },
    plan: () => [],
  });
  const { events } = await runToys({
    hosts: { one: host },
    plays: [() => [late, after(late, () => [wanted])]],
  });
  expect(ends(events)).toEqual(["one question ok", "one switch a failed"]);
});
