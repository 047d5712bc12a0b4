import { describe, expect, it } from "vitest";
import { factsProbe } from "../../../src/facts.ts";
import { tagged, when } from "../../../src/refine.ts";
import { after, register, result } from "../../../src/result.ts";
import { sh } from "../../../src/shell/command.ts";
import { task } from "../../../src/task.ts";
import { ends, runToys, toggle, toyHost } from "../../support/toy.ts";

/** A task that only reads: the state is what `read NAME` prints. */
const reading = (name: string) =>
  task({
    title: `read ${name}`,
    probe: { command: sh`read ${name}`, parse: ({ stdout }) => stdout },
    plan: () => [],
  });

const says = (name: string, stdout: string) => ({ [`read ${name}`]: () => ({ stdout }) });

describe("after", () => {
  it("builds tasks from the state that an earlier one leaves; the others are read ahead", async () => {
    const host = toyHost({ x7: true, z: true }, says("id", "x7"));
    const { events } = await runToys({
      hosts: { one: host },
      plays: [
        () => {
          const id = reading("id");
          return [id, after(id, (name) => toggle(name)), toggle("z")];
        },
      ],
    });
    expect(host.trips).toEqual([
      ["read id", "get z"],
      ["get x7", "get z"],
    ]);
    expect(ends(events)).toEqual(["one read id ok", "one switch x7 ok", "one switch z ok"]);
  });

  it("knows a task that was refined, several sources, and results", async () => {
    const host = toyHost({ ab: false }, { ...says("first", "a"), ...says("second", "b") });
    const name = result<string>("name");
    const { events } = await runToys({
      hosts: { one: host },
      plays: [
        () => {
          const first = reading("first");
          const second = register(name, reading("second"), (state) => state);
          return [
            tagged(["x"], [first, second]),
            after([first, name], ([a, b]) => toggle(`${a}${b}`)),
          ];
        },
      ],
    });
    expect(ends(events).at(-1)).toBe("one switch ab changed");
  });

  it("tells whether the task changed something, and what that printed", async () => {
    const host = toyHost({ a: false, done: true });
    const told: unknown[] = [];
    await runToys({
      hosts: { one: host },
      plays: [
        () => {
          const a = toggle("a");
          return [
            a,
            after(a, (state, outcome) => {
              told.push(state, outcome);
              return false;
            }),
          ];
        },
      ],
    });
    expect(told).toEqual([true, { changed: true, output: "done\n" }]);
  });

  it("skips what depends on a task that was skipped, or that would change in check mode", async () => {
    const host = toyHost({ a: false, b: true, c: true });
    const { events } = await runToys({
      hosts: { one: host },
      check: true,
      plays: [
        () => {
          const [a, b] = [toggle("a"), toggle("b")];
          return [a, after(a, () => toggle("c")), when(false, b), after(b, () => toggle("c"))];
        },
      ],
    });
    expect(ends(events)).toEqual([
      "one switch a changed",
      'one after "switch a" skipped',
      "one switch b skipped",
      'one after "switch b" skipped',
    ]);
  });

  it("asks a source that stands before the task to start at", async () => {
    const host = toyHost({ b: true, c: true }, says("id", "c"));
    const { events } = await runToys({
      hosts: { one: host },
      selection: { tags: [], skipTags: [], startAt: "switch b" },
      plays: [
        () => {
          const id = reading("id");
          return [id, toggle("b"), after(id, (name) => toggle(name))];
        },
      ],
    });
    expect(ends(events)).toEqual(["one switch b ok", "one switch c ok"]);
  });

  it("chooses by tags among the tasks that it builds", async () => {
    const host = toyHost({ b: true, c: true }, says("id", "b"));
    const { events } = await runToys({
      hosts: { one: host },
      selection: { tags: ["t"], skipTags: [] },
      plays: [
        () => {
          const id = reading("id");
          return [
            tagged(["t"], id),
            after(id, (name) => [tagged(["t"], toggle(name)), toggle("c")]),
          ];
        },
      ],
    });
    expect(ends(events)).toEqual(["one read id ok", "one switch b ok"]);
  });
});

describe("registered results", () => {
  const token = result<string>("token");

  it("are read by later plays, of all hosts, when the play before is over", async () => {
    const one = toyHost({ "two-T": true }, says("token", "one-T"));
    const two = toyHost({ "one-T": false }, says("token", "two-T"));
    const { events } = await runToys({
      hosts: { one, two },
      plays: [
        () => [register(token, reading("token"), (state) => state)],
        (host, { resultOf, resultsOf }) => {
          expect([...resultsOf(token).keys()].sort()).toEqual(["one", "two"]);
          return [toggle(resultOf(token, host === "one" ? "two" : "one"))];
        },
      ],
    });
    expect(ends(events).slice(2).sort()).toEqual([
      "one switch two-T ok",
      "two switch one-T changed",
    ]);
  });

  it("may be read before facts are, which are then asked for", async () => {
    const facts = {
      [factsProbe.command.script]: () => ({ stdout: "id=rocky\nversion=9.4\nkernel=5.14.0\n" }),
    };
    const one = toyHost({ "T-rocky": true }, { ...says("token", "T"), ...facts });
    const { events } = await runToys({
      hosts: { one },
      plays: [
        () => [register(token, reading("token"), (state) => state)],
        (host, scope) => [toggle(`${scope.resultOf(token, host)}-${scope.facts.distribution}`)],
      ],
    });
    expect(ends(events).at(-1)).toBe("one switch T-rocky ok");
  });

  it("that a host does not have fail the host that wants them", async () => {
    const one = toyHost({ a: true });
    const { events, result: run } = await runToys({
      hosts: { one },
      plays: [() => [toggle("a")], (_, { resultOf }) => [toggle(resultOf(token, "one"))]],
    });
    expect(run.hosts.one?.failed).toBe(1);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "host-failed",
        failure: expect.objectContaining({
          message: 'play "play 2", host one: one has not registered the result "token"',
        }),
      }),
    );
  });

  it("that check mode cannot know leave the play out", async () => {
    const one = toyHost({ a: false });
    const { result: run } = await runToys({
      hosts: { one },
      check: true,
      plays: [
        () => [register(token, toggle("a"), String)],
        (_, { resultOf }) => [toggle(resultOf(token, "one"))],
      ],
    });
    expect(run.hosts.one).toMatchObject({ failed: 0, changed: 1 });
  });
});
