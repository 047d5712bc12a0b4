import { expect, it } from "vitest";
import { block } from "../../../src/block.ts";
import { onChange } from "../../../src/handlers.ts";
import { after, register, result } from "../../../src/result.ts";
import { journalOf, linesOf, readJournal } from "../../../src/run/journal.ts";
import type { Resume } from "../../../src/run/resume.ts";
import { become, delegateTo, runOnce } from "../../../src/settings.ts";
import { sh } from "../../../src/shell/command.ts";
import { change, type Task, task } from "../../../src/task.ts";
import type { TaskList } from "../../../src/task-list.ts";
import { ends, runToys, toggle, toyHost } from "../../support/toy.ts";

const journalled = async (run: Parameters<typeof runToys>[0], resume?: Resume) => {
  const lines = [...linesOf(resume ?? new Map())];
  const emit = journalOf((line) => lines.push(line));
  const hooks = resume === undefined ? {} : { hooks: { resume } };
  const { events } = await runToys({ ...run, ...hooks, onEvent: emit });
  return { ends: ends(events), journal: readJournal(lines.join("\n")) };
};

const broken = { "set b": () => ({ exitCode: 1 }) };
const abc = () => [toggle("a"), toggle("b"), toggle("c")];

it("lets a run go on at the task that each host stopped at", async () => {
  const one = { a: false, b: false, c: true };
  const first = await journalled({
    hosts: { one: toyHost(one, broken), two: toyHost({ a: true, b: true, c: true }) },
    plays: [abc],
  });
  expect(first.journal.complete).toBe(false);
  const again = toyHost(one);
  const second = await journalled(
    { hosts: { one: again, two: toyHost({}) }, plays: [abc] },
    first.journal.finished,
  );
  expect(second.ends).toEqual(["one switch b changed", "one switch c ok"]);
  expect(again.trips[0]).toEqual(["get b", "get c"]);
  expect(second.journal.complete).toBe(true);
});

it("can be gone on with again", async () => {
  const switches = { a: true, b: false, c: true };
  const first = await journalled({ hosts: { one: toyHost(switches, broken) }, plays: [abc] });
  const second = await journalled(
    { hosts: { one: toyHost(switches, broken) }, plays: [abc] },
    first.journal.finished,
  );
  expect(second.ends).toEqual(["one switch b failed"]);
  const third = await journalled(
    { hosts: { one: toyHost(switches) }, plays: [abc] },
    second.journal.finished,
  );
  expect(third.ends).toEqual(["one switch b changed", "one switch c ok"]);
});

it("does nothing twice that an earlier run that went on did", async () => {
  const switches = { a: true, b: false, c: false, d: false };
  const abcd = () => [...abc(), toggle("d")];
  const first = await journalled({ hosts: { one: toyHost(switches, broken) }, plays: [abcd] });
  const second = await journalled(
    {
      hosts: { one: toyHost(switches, { "set d": () => ({ exitCode: 1 }) }) },
      plays: [abcd],
    },
    first.journal.finished,
  );
  expect(second.ends).toEqual([
    "one switch b changed",
    "one switch c changed",
    "one switch d failed",
  ]);
  const third = await journalled(
    { hosts: { one: toyHost(switches) }, plays: [abcd] },
    second.journal.finished,
  );
  expect(third.ends).toEqual(["one switch d changed"]);
});

it("starts where the playbook has changed", async () => {
  const switches = { a: true, b: false, c: true, d: true };
  const first = await journalled({ hosts: { one: toyHost(switches, broken) }, plays: [abc] });
  const { ends: again } = await journalled(
    { hosts: { one: toyHost(switches) }, plays: [() => [toggle("d"), ...abc()]] },
    first.journal.finished,
  );
  expect(again).toEqual([
    "one switch d ok",
    "one switch a ok",
    "one switch b changed",
    "one switch c ok",
  ]);
});

it("remembers handlers that are still due, and those that ran", async () => {
  const switches = { a: false, b: false, c: true, h: false };
  const tasks = (): TaskList => [onChange(toggle("a"), toggle("h")), toggle("b")];
  const first = await journalled({ hosts: { one: toyHost(switches, broken) }, plays: [tasks] });
  const second = await journalled(
    { hosts: { one: toyHost(switches) }, plays: [tasks] },
    first.journal.finished,
  );
  expect(second.ends).toEqual(["one switch b changed", "one switch h changed"]);
});

it("asks for what an earlier run found out", async () => {
  const switches = { x: false };
  const tasks = (): TaskList => {
    const id = task({
      title: "id",
      probe: { command: sh`read id`, parse: ({ stdout }) => stdout },
      plan: () => [],
    });
    return [id, after(id, (name) => toggle(name))];
  };
  const says = { "read id": () => ({ stdout: "x" }) };
  const first = await journalled({
    hosts: { one: toyHost(switches, { ...says, "set x": () => ({ exitCode: 1 }) }) },
    plays: [tasks],
  });
  const second = await journalled(
    { hosts: { one: toyHost(switches, says) }, plays: [tasks] },
    first.journal.finished,
  );
  expect(second.ends).toEqual(["one switch x changed"]);
});

/** A task that only reads: the state is what `read NAME` prints. */
const reading = (name: string): Task<string> =>
  task({
    title: `read ${name}`,
    probe: { command: sh`read ${name}`, parse: ({ stdout }) => stdout },
    plan: () => [],
  });

it("asks again for what an earlier run registered, before later plays are built", async () => {
  const token = result<string>("token");
  const plays = [
    (): TaskList => [
      register(token, reading("token"), (state) => state),
      toggle("b"),
      after(token, (name) => toggle(name)),
    ],
    (_: string, { resultsOf }: { resultsOf: (of: typeof token) => ReadonlyMap<string, string> }) =>
      [...resultsOf(token)].map(([host, name]) => toggle(`${host}-${name}`)),
  ];
  const switches = { b: false, x: false, "one-x": false };
  const says = { "read token": () => ({ stdout: "x" }) };
  const first = await journalled({
    hosts: { one: toyHost(switches, { ...says, ...broken }) },
    plays,
  });
  const second = await journalled(
    { hosts: { one: toyHost(switches, says) }, plays },
    first.journal.finished,
  );
  expect(second.ends).toEqual([
    "one switch b changed",
    "one switch x changed",
    "one switch one-x changed",
  ]);
});

it.each([
  [
    "registered",
    (): TaskList => {
      const token = result<string>("token");
      return [
        runOnce(register(token, reading("token"), (state) => state)),
        toggle("b"),
        after(token, (name) => toggle(name)),
      ];
    },
  ],
  [
    "a task's state",
    (): TaskList => {
      const token = reading("token");
      return [runOnce(token), toggle("b"), after(token, (name) => toggle(name))];
    },
  ],
])("tells all hosts what one of them had found out for all: %s", async (_, tasks) => {
  const says = { "read token": () => ({ stdout: "x" }) };
  const [one, two] = [
    { b: true, x: false },
    { b: false, x: false },
  ];
  const first = await journalled({
    hosts: { one: toyHost(one, says), two: toyHost(two, broken) },
    plays: [tasks],
  });
  const second = await journalled(
    { hosts: { one: toyHost(one, says), two: toyHost(two) }, plays: [tasks] },
    first.journal.finished,
  );
  expect(second.ends).toEqual(["two switch b changed", "two switch x changed"]);
});

it("does again what no longer holds and others want to know; where that fails for all, all fail", async () => {
  const token = result<boolean>("token");
  const plays = [(): TaskList => [runOnce(register(token, toggle("t"), Boolean)), toggle("b")]];
  const hosts = (t: object) => ({
    one: toyHost({ t: false, b: false }, { ...broken, ...t }),
    two: toyHost({ b: false }, broken),
  });
  const first = await journalled({ hosts: hosts({}), plays });
  const second = await journalled(
    { hosts: hosts({ "set t": () => ({ exitCode: 1 }) }), plays },
    first.journal.finished,
  );
  expect(second.ends).toEqual(["one switch t failed", "two switch t failed"]);
});

it("does not do twice what leaves nothing to see, nor what came after it", async () => {
  const token = result<string>("token");
  const init = { ...toggle("i"), unverified: true, plan: () => change(true, "init", sh`init`) };
  const plays = [(): TaskList => [register(token, init, String), toggle("c"), toggle("b")]];
  const switches = { i: false, b: false, c: false };
  const says = { init: () => ({}) };
  const first = await journalled({
    hosts: { one: toyHost(switches, { ...says, ...broken }) },
    plays,
  });
  const second = await journalled(
    { hosts: { one: toyHost(switches, says) }, plays },
    first.journal.finished,
  );
  expect(second.ends).toEqual(["one switch b changed"]);
});

it("fails a task whose finding is lost, and its block makes up for it", async () => {
  const token = result<string>("token");
  const plays = [
    (): TaskList => [
      block([register(token, toggle("a"), (_, { output }) => output), toggle("b")], {
        always: toggle("c"),
      }),
    ],
  ];
  const switches = { a: false, b: false, c: false };
  const first = await journalled({ hosts: { one: toyHost(switches, broken) }, plays });
  switches.c = false;
  const second = await journalled(
    { hosts: { one: toyHost(switches) }, plays },
    first.journal.finished,
  );
  expect(second.ends).toEqual(["one switch a failed", "one switch c changed"]);
});

it("asks where and as whom the earlier run asked", async () => {
  const plays = [
    (): TaskList => {
      const [who, where] = [reading("who"), reading("where")];
      return [
        become({ user: "web" }, who),
        delegateTo("other", where),
        toggle("b"),
        after([who, where], ([user, host]) => toggle(`${user}-${host}`)),
      ];
    },
  ];
  const switches = { b: false, "web-other": false };
  const one = toyHost(switches, { "read who": () => ({ stdout: "web" }) });
  const other = toyHost({}, { "read where": () => ({ stdout: "other" }) });
  const first = await journalled({
    hosts: { one: { ...one, reactions: { ...one.reactions, ...broken } } },
    bystanders: { other },
    plays,
  });
  const again = toyHost(switches, { "read who": () => ({ stdout: "web" }) });
  const second = await journalled(
    { hosts: { one: again }, bystanders: { other }, plays },
    first.journal.finished,
  );
  expect(second.ends).toEqual(["one switch b changed", "one switch web-other changed"]);
  expect(again.trips.flat()).toContain("web: read who");
  expect(again.trips.flat()).not.toContain("read who");
});

it("does not make up what a change printed in an earlier run", async () => {
  const plays = [
    (): TaskList => {
      const a = toggle("a");
      return [a, toggle("b"), after(a, (_, { output }) => toggle(output))];
    },
  ];
  const switches = { a: false, b: false };
  const first = await journalled({ hosts: { one: toyHost(switches, broken) }, plays });
  const second = await journalled(
    { hosts: { one: toyHost(switches) }, plays },
    first.journal.finished,
  );
  expect(second.ends).toEqual(["one switch b changed", 'one after "switch a" failed']);
  expect(second.journal.complete).toBe(false);
});

it("reads what a run that died left, whose last line is cut", () => {
  const { finished, complete } = readJournal(
    '{"host":"one","play":0,"title":"a","status":"ok"}\n{"host":"one","play":0,"ti',
  );
  expect([...(finished.get("one")?.get(0) ?? [])]).toEqual([{ title: "a", status: "ok" }]);
  expect(complete).toBe(false);
});
