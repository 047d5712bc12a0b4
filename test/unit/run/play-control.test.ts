import { describe, expect, it } from "vitest";
import { onChange } from "../../../src/handlers.ts";
import { tagged, when } from "../../../src/refine.ts";
import { batches } from "../../../src/run/batches.ts";
import { UnreachableError } from "../../../src/ssh/transport.ts";
import { ends, runToys, toggle, toyHost } from "../../support/toy.ts";

const selection = (part: { tags?: string[]; skipTags?: string[]; startAt?: string }) => ({
  tags: [],
  skipTags: [],
  ...part,
});

describe("when", () => {
  it("skips a task without asking the host, and counts it", async () => {
    const host = toyHost({ a: true, b: true });
    const { events, result } = await runToys({
      hosts: { one: host },
      plays: [() => [when(false, toggle("a")), toggle("b")]],
    });
    expect(host.trips).toEqual([["get b"]]);
    expect(ends(events)).toEqual(["one switch a skipped", "one switch b ok"]);
    expect(result.hosts.one).toMatchObject({ ok: 1, skipped: 1 });
  });
});

describe("handlers", () => {
  const restart = toggle("r");
  const tasks = () => [
    onChange([toggle("a"), toggle("b")], restart),
    onChange(toggle("c"), toggle("r")),
    toggle("d"),
  ];

  it("run once at the play's end where a task changed", async () => {
    const host = toyHost({ a: false, b: false, c: true, d: true, r: false });
    const { events } = await runToys({ hosts: { one: host }, plays: [tasks] });
    expect(ends(events).slice(3)).toEqual(["one switch d ok", "one switch r changed"]);
  });

  it("don't run where nothing changed", async () => {
    const host = toyHost({ a: true, b: true, c: true, d: true, r: false });
    const { events } = await runToys({ hosts: { one: host }, plays: [tasks] });
    expect(ends(events).join()).not.toContain("switch r");
  });

  it.each([
    [false, "one switch d failed"],
    [true, "one switch r changed"],
  ])("run on a host that failed later only when forced: %s", async (forceHandlers, last) => {
    const host = toyHost(
      { a: false, b: true, c: true, d: false, r: false },
      { "set d": () => ({ exitCode: 1 }) },
    );
    const { events, result } = await runToys({
      hosts: { one: host },
      plays: [tasks],
      forceHandlers,
    });
    expect(ends(events).at(-1)).toBe(last);
    expect(result.hosts.one?.failed).toBe(1);
  });

  it("are shown in check mode, and not run", async () => {
    const host = toyHost({ a: false, b: true, c: true, d: true, r: false });
    const { events } = await runToys({ hosts: { one: host }, plays: [tasks], check: true });
    expect(ends(events).at(-1)).toBe("one switch r changed");
    expect(host.trips.flat().join()).not.toContain("set");
  });
});

describe("tags", () => {
  const tasks = () => [
    tagged(["x"], toggle("a")),
    tagged(["x", "y"], toggle("b")),
    toggle("c"),
    tagged(["always"], toggle("d")),
    tagged(["never", "z"], toggle("e")),
  ];

  it.each([
    [selection({}), "a b c d"],
    [selection({ tags: ["x"] }), "a b d"],
    [selection({ tags: ["y"] }), "b d"],
    [selection({ tags: ["z"] }), "d e"],
    [selection({ tags: ["untagged"] }), "c d"],
    [selection({ tags: ["tagged"] }), "a b d"],
    [selection({ skipTags: ["x"] }), "c d"],
    [selection({ tags: ["x"], skipTags: ["y"] }), "a d"],
    [selection({ skipTags: ["always"] }), "a b c"],
    [selection({ startAt: "switch b" }), "b c d"],
    [selection({ startAt: "switch b", tags: ["x"] }), "b d"],
  ])("%j", async (chosen, expected) => {
    const host = toyHost({ a: true, b: true, c: true, d: true, e: true });
    const { events } = await runToys({ hosts: { one: host }, plays: [tasks], selection: chosen });
    expect(
      ends(events)
        .map((end) => end.split(" ")[2])
        .join(" "),
    ).toBe(expected);
  });

  it("that no task has are refused before any host is touched", async () => {
    const host = toyHost({ a: true });
    const run = (chosen: ReturnType<typeof selection>) =>
      runToys({ hosts: { one: host }, plays: [tasks], selection: chosen });
    await expect(run(selection({ tags: ["w"] }))).rejects.toThrow('no task is tagged "w"');
    await expect(run(selection({ startAt: "switch x" }))).rejects.toThrow(
      'Did you mean "switch a"?',
    );
    expect(host.connects).toBe(0);
  });
});

describe("serial", () => {
  it.each([
    [undefined, [[1, 2, 3, 4, 5]]],
    [2, [[1, 2], [3, 4], [5]]],
    ["40%" as const, [[1, 2], [3, 4], [5]]],
    ["1%" as const, [[1], [2], [3], [4], [5]]],
    [
      [1, 3],
      [[1], [2, 3, 4], [5]],
    ],
    [
      [1, "100%" as const],
      [[1], [2, 3, 4, 5]],
    ],
  ])("%j splits five hosts", (serial, expected) => {
    expect(batches([1, 2, 3, 4, 5], serial)).toEqual(expected);
  });

  it("refuses a size that is none", () => {
    expect(() => batches([1], 0)).toThrow("serial");
  });

  it("ends the run after a batch in which too many hosts failed", async () => {
    const dead = toyHost({ a: true });
    dead.refuse = new UnreachableError("no");
    const later = toyHost({ a: true, b: true });
    const { result } = await runToys({
      hosts: { dead, later },
      plays: [() => [toggle("a")], () => [toggle("b")]],
      control: { serial: 1, maxFailPercentage: 49 },
    });
    expect(later.connects).toBe(0);
    expect(result.hosts.dead?.unreachable).toBe(1);
  });

  it("tries a play out on its first batch: where that fails whole, no other follows", async () => {
    const canary = toyHost({ a: false }, { "set a": () => ({ exitCode: 1 }) });
    const later = toyHost({ a: true, b: true });
    const plays = [() => [toggle("a")], () => [toggle("b")]];
    const hosts = { canary, later };
    await runToys({ hosts, plays, control: { serial: 1 } });
    expect(later.connects).toBe(0);
    await runToys({ hosts, plays, control: { serial: 2 } });
    expect(later.trips.flat()).toContain("get b");
  });

  it("looks at all batches in check mode", async () => {
    const dead = toyHost({ a: true });
    dead.refuse = new UnreachableError("no");
    const later = toyHost({ a: true });
    const plays = [() => [toggle("a")]];
    await runToys({ hosts: { dead, later }, plays, check: true, control: { serial: 1 } });
    expect(later.trips).toEqual([["get a"]]);
  });
});
