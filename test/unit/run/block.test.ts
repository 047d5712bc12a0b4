import { describe, expect, it } from "vitest";
import { block } from "../../../src/block.ts";
import { flushHandlers, onChange } from "../../../src/handlers.ts";
import { tagged } from "../../../src/refine.ts";
import { after } from "../../../src/result.ts";
import { ignoreErrors } from "../../../src/settings.ts";
import { sh } from "../../../src/shell/command.ts";
import { secret } from "../../../src/shell/secret.ts";
import { change, task } from "../../../src/task.ts";
import { ends, runToys, toggle, toyHost } from "../../support/toy.ts";

const fails = (name: string) => ({ [`set ${name}`]: () => ({ exitCode: 1 }) });

const switches = (...on: string[]) =>
  Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, on.includes(name)]));

const brief = (events: Parameters<typeof ends>[0]) =>
  ends(events).map((end) => end.replace("one switch ", ""));

describe("a block", () => {
  const tasks = () => [
    block([toggle("a"), toggle("b")], { rescue: toggle("c"), always: [toggle("d")] }),
    toggle("e"),
  ];

  it("leaves its rescue alone where all goes well, and runs what always runs", async () => {
    const host = toyHost(switches("a", "b", "d", "e"));
    const { events } = await runToys({ hosts: { one: host }, plays: [tasks] });
    expect(brief(events)).toEqual(["a ok", "b ok", "d ok", "e ok"]);
    expect(host.trips).toEqual([["get a", "get b", "get d", "get e"]]);
  });

  it("goes on after its rescue, and counts the failure as rescued", async () => {
    const host = toyHost(switches("b", "d", "e"), fails("a"));
    const { events, result } = await runToys({ hosts: { one: host }, plays: [tasks] });
    expect(brief(events)).toEqual(["a rescued", "c changed", "d ok", "e ok"]);
    expect(result.hosts.one).toMatchObject({ rescued: 1, failed: 0, changed: 1, ok: 2 });
    expect(events).toContainEqual(
      expect.objectContaining({ type: "host-end", status: "ok", remaining: 0 }),
    );
  });

  it("fails with its rescue, after what always runs", async () => {
    const host = toyHost(switches("d", "e"), { ...fails("a"), ...fails("c") });
    const { events, result } = await runToys({ hosts: { one: host }, plays: [tasks] });
    expect(brief(events)).toEqual(["a rescued", "c failed", "d ok"]);
    expect(result.hosts.one).toMatchObject({ rescued: 1, failed: 1 });
    expect(events).toContainEqual(
      expect.objectContaining({ type: "host-end", status: "failed", remaining: 1 }),
    );
  });

  it("without a rescue fails after what always runs", async () => {
    const host = toyHost(switches("d"), fails("a"));
    const { events } = await runToys({
      hosts: { one: host },
      plays: [() => [block([toggle("a"), toggle("b")], { always: toggle("d") }), toggle("e")]],
    });
    expect(brief(events)).toEqual(["a failed", "d ok"]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "host-end", status: "failed", remaining: 2 }),
    );
  });

  it("is rescued by a block around it", async () => {
    const host = toyHost(switches("c"), fails("a"));
    const { events } = await runToys({
      hosts: { one: host },
      plays: [
        () => [block([block([toggle("a")], { always: toggle("b") })], { rescue: toggle("c") })],
      ],
    });
    expect(brief(events)).toEqual(["a rescued", "b changed", "c ok"]);
  });

  it("tells its rescue what failed", async () => {
    const host = toyHost(switches(), fails("a"));
    const told: unknown[] = [];
    await runToys({
      hosts: { one: host },
      plays: [
        () => [
          block([toggle("a")], {
            rescue: (failed) => {
              told.push(failed);
              return toggle("b");
            },
          }),
        ],
      ],
    });
    expect(told).toEqual([{ title: "switch a", message: "could not turn on a" }]);
  });

  it("tells its rescue no secrets", async () => {
    const password = secret("hunter2-of-block");
    const told: unknown[] = [];
    const set = task({
      title: "set password",
      probe: { command: sh`read password`, parse: ({ stdout }) => ({ password: stdout }) },
      plan: () => change(true, "write it", sh`write ${password}`),
    });
    const host = toyHost(switches("b"), {
      "read password": () => ({ stdout: "hunter2-of-block" }),
      "write hunter2-of-block": () => ({}),
    });
    await runToys({
      hosts: { one: host },
      plays: [
        () => [
          block([set], {
            rescue: (failed) => {
              told.push(failed.message);
              return toggle("b");
            },
          }),
        ],
      ],
    });
    expect(told).toEqual([expect.stringContaining("not in the desired state")]);
    expect(told.join()).not.toContain("hunter2");
  });

  it.each([
    ["a list", { rescue: toggle("c") }],
    ["a block", { rescue: [flushHandlers(), block([toggle("c")])] }],
    ["a function", { rescue: () => toggle("c") }],
  ])("fails where tags leave nothing of its rescue, which is %s", async (_, rescue) => {
    const host = toyHost(switches("b"), fails("a"));
    const { events, result } = await runToys({
      hosts: { one: host },
      selection: { tags: ["x"], skipTags: [] },
      plays: [() => [block(tagged(["x"], toggle("a")), rescue), tagged(["x"], toggle("b"))]],
    });
    expect(brief(events)).toEqual(["a failed"]);
    expect(result.hosts.one).toMatchObject({ failed: 1, rescued: 0 });
  });

  it("fails by what failed where its rescue throws, and cleans up", async () => {
    const host = toyHost(switches(), fails("a"));
    const rescue = () => {
      throw new Error("no such rescue");
    };
    const { events } = await runToys({
      hosts: { one: host },
      plays: [() => [block(toggle("a"), { rescue, always: toggle("c") })]],
    });
    expect(brief(events)).toEqual(["a failed", "c changed"]);
    expect(events).toContainEqual(
      expect.objectContaining({
        failure: expect.objectContaining({
          message: "could not turn on a\nand its rescue cannot be told: no such rescue",
        }),
      }),
    );
  });

  it("makes up for tasks that cannot be told", async () => {
    const host = toyHost(switches("a", "c"));
    const build = () => {
      throw new Error("no such task");
    };
    const a = toggle("a");
    const { events } = await runToys({
      hosts: { one: host },
      plays: [() => [a, block(after(a, build), { rescue: toggle("c"), always: toggle("d") })]],
    });
    expect(ends(events)).toEqual([
      "one switch a ok",
      'one after "switch a" rescued',
      "one switch c ok",
      "one switch d changed",
    ]);
  });

  it("counts the rescue in place of what it makes up for", async () => {
    const host = toyHost(switches("c", "d", "e"), fails("a"));
    const { events } = await runToys({ hosts: { one: host }, plays: [tasks] });
    // Four are known at first; b falls away and c comes.
    expect(events.filter(({ type }) => type === "host-start" || type === "host-tasks")).toEqual([
      expect.objectContaining({ type: "host-start", tasks: 4 }),
    ]);
  });

  it("asks for handlers like any other tasks", async () => {
    const host = toyHost(switches("b"));
    const { events } = await runToys({
      hosts: { one: host },
      plays: [() => [onChange(block([toggle("a")]), toggle("c")), toggle("b")]],
    });
    expect(brief(events)).toEqual(["a changed", "b ok", "c changed"]);
  });

  it("does what always runs neither on a host that is lost nor in an interrupted run", async () => {
    const lost = toyHost(switches(), { "set a": () => "lose-connection" as const });
    const { events } = await runToys({ hosts: { one: lost }, plays: [tasks] });
    expect(ends(events)).toEqual([]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "host-end", status: "unreachable", remaining: 3 }),
    );
  });
});

describe("the task to start at", () => {
  it("may stand in a block: what is before it in there is left out, its rescue is not", async () => {
    const host = toyHost(switches("c", "d", "e"), fails("b"));
    const { events } = await runToys({
      hosts: { one: host },
      selection: { tags: [], skipTags: [], startAt: "switch b" },
      plays: [
        () => [
          block([toggle("a"), toggle("b")], { rescue: toggle("c"), always: toggle("d") }),
          toggle("e"),
        ],
      ],
    });
    expect(brief(events)).toEqual(["b rescued", "c ok", "d ok", "e ok"]);
  });

  it("may be known only when another one has run", async () => {
    const host = toyHost({ ...switches("a", "b", "c") });
    const a = toggle("a");
    const { events } = await runToys({
      hosts: { one: host },
      selection: { tags: [], skipTags: [], startAt: "switch b" },
      plays: [() => [a, after(toggle("e"), () => toggle("c"))], () => [toggle("b"), toggle("c")]],
    });
    expect(brief(events)).toEqual(["b ok", "c ok"]);
  });
});

it("the task to start at is missed where it never comes up", async () => {
  const host = toyHost(switches("a", "c"));
  const run = runToys({
    hosts: { one: host },
    selection: { tags: [], skipTags: [], startAt: "switch x" },
    plays: [() => [toggle("a"), after(toggle("e"), () => toggle("c"))]],
  });
  await expect(run).rejects.toThrow('no host came to a task called "switch x"');
});

describe("ignored errors", () => {
  it("are shown and counted, and the host goes on", async () => {
    const host = toyHost(switches("b"), fails("a"));
    const { events, result } = await runToys({
      hosts: { one: host },
      plays: [() => [ignoreErrors(toggle("a")), toggle("b")]],
    });
    expect(brief(events)).toEqual(["a ignored", "b ok"]);
    expect(result.hosts.one).toMatchObject({ ignored: 1, failed: 0, ok: 1 });
  });
});

describe("pre and post", () => {
  it("come before and after the tasks, each with its handlers", async () => {
    const host = toyHost(switches());
    const { events } = await runToys({
      hosts: { one: host },
      pre: [onChange(toggle("a"), toggle("b"))],
      plays: [() => [onChange(toggle("c"), toggle("d"))]],
      post: [toggle("e")],
    });
    expect(brief(events)).toEqual([
      "a changed",
      "b changed",
      "c changed",
      "d changed",
      "e changed",
    ]);
  });
});
