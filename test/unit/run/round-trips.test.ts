import { describe, expect, it } from "vitest";
import { block } from "../../../src/block.ts";
import { factsProbe } from "../../../src/facts.ts";
import { flushHandlers, onChange } from "../../../src/handlers.ts";
import { tagged, when } from "../../../src/refine.ts";
import { after, register, result } from "../../../src/result.ts";
import {
  become,
  delegateTo,
  ignoreErrors,
  retry,
  runOnce,
  throttle,
  within,
} from "../../../src/settings.ts";
import { sh } from "../../../src/shell/command.ts";
import { task } from "../../../src/task.ts";
import type { TaskList } from "../../../src/task-list.ts";
import type { FakeHost } from "../../support/fake-host.ts";
import { ends, runToys, toggle, toyHost } from "../../support/toy.ts";

// What every host's trips may come to: two after its shell is open, and one for each changed task.

const facts = {
  [factsProbe.command.script]: () => ({ stdout: "id=rocky\nversion=9.4\nkernel=5.14.0\n" }),
};

const id = () =>
  task({
    title: "id",
    probe: { command: sh`read id`, parse: ({ stdout }) => stdout },
    plan: () => [],
  });

const on = (...names: string[]) => Object.fromEntries(names.map((name) => [name, true]));

const everyFeature = (major: number): TaskList => {
  const source = id();
  return [
    source,
    block([toggle("a"), become(true, toggle("b"))], { rescue: toggle("z"), always: toggle("c") }),
    within({ umask: "027" }, []),
    onChange(tagged(["t"], toggle("d")), toggle("z")),
    flushHandlers(),
    when(false, toggle("z")),
    ignoreErrors(toggle("e")),
    retry({ until: (state) => state }, toggle("f")),
    throttle(1, toggle("g")),
    runOnce(toggle("h")),
    delegateTo("lb", [toggle("p"), toggle("q")]),
    after(source, (name) => [toggle(`${name}${major}`), become({ user: "web" }, toggle("i"))]),
    toggle("j"),
  ];
};

const converged = (...more: string[]) =>
  toyHost(on(..."abcdefghij", "x9", "pre", "post", ...more), {
    ...facts,
    "read id": () => ({ stdout: "x" }),
  });

/** What came with the opening is no trip of its own. */
const tripsOf = ({ trips, greetings }: FakeHost): number => trips.length - greetings.length;

describe("a converged run", () => {
  it("with every feature in use asks each host twice", async () => {
    const [one, two, lb] = [converged(), converged(), toyHost(on("p", "q"))];
    const { events, result: run } = await runToys({
      hosts: { one, two },
      bystanders: { lb },
      pre: [toggle("pre")],
      plays: [(_, scope) => everyFeature(scope.facts.major)],
      post: [toggle("post")],
    });
    expect(run.hosts.one).toMatchObject({ changed: 0, failed: 0, ok: 16, skipped: 1 });
    expect(ends(events)).toContain("one switch x9 ok");
    expect([tripsOf(one), tripsOf(two)]).toEqual([2, 2]);
    // The other host answers each host that it does something for.
    expect(lb.trips.length).toBe(2);
  });

  it("asks once where no task depends on what another one finds out", async () => {
    const one = converged();
    await runToys({
      hosts: { one },
      plays: [
        (_, scope) => [toggle("a"), scope.facts.major > 7 && toggle("b")],
        () => [toggle("c")],
      ],
    });
    expect(one.trips).toEqual([[factsProbe.command.script], ["get a", "get b", "get c"]]);
    expect(tripsOf(one)).toBe(1);
  });

  it("asks as the session opens where no task depends on facts either", async () => {
    const one = converged();
    await runToys({ hosts: { one }, plays: [() => [toggle("a"), toggle("b")]] });
    expect(one.greetings).toEqual([["get a", "get b"]]);
    expect(tripsOf(one)).toBe(0);
  });

  it("asks once more for a play that reads results of an earlier one", async () => {
    const name = result<string>("name");
    const one = converged("x");
    await runToys({
      hosts: { one },
      plays: [
        () => [register(name, id(), (state) => state), toggle("a")],
        (host, { resultOf }) => [toggle(resultOf(name, host))],
      ],
    });
    expect(one.trips).toEqual([["read id", "get a"], ["get x"]]);
  });

  it("asks once more for each link of a chain of results", async () => {
    const one = converged();
    await runToys({
      hosts: { one },
      plays: [
        () => {
          const [first, second] = [id(), toggle("a")];
          return [first, after(first, () => [second, after(second, () => toggle("b"))])];
        },
      ],
    });
    expect(one.trips).toEqual([["read id"], ["get a"], ["get b"]]);
  });
});

describe("a run with changes", () => {
  it("asks once more for each task that changes, together with those that follow", async () => {
    const one = toyHost(
      { ...on(..."abcdefghij", "x9"), b: false, g: false },
      {
        ...facts,
        "read id": () => ({ stdout: "x" }),
      },
    );
    const { result: run } = await runToys({
      hosts: { one },
      bystanders: { lb: toyHost(on("p", "q")) },
      plays: [(_, scope) => everyFeature(scope.facts.major)],
    });
    expect(run.hosts.one).toMatchObject({ changed: 2, failed: 0 });
    expect(tripsOf(one)).toBeLessThanOrEqual(2 + 2);
  });
});
