import { describe, expect, it } from "vitest";
import { block } from "../../../src/block.ts";
import { onChange } from "../../../src/handlers.ts";
import { after } from "../../../src/result.ts";
import { delegateTo, runOnce, throttle } from "../../../src/settings.ts";
import { sh } from "../../../src/shell/command.ts";
import { UnreachableError } from "../../../src/ssh/transport.ts";
import { task } from "../../../src/task.ts";
import { ends, runToys, toggle, toyHost } from "../../support/toy.ts";

describe("runOnce", () => {
  it("lets the first host do it, and the others wait for that", async () => {
    const one = toyHost({ m: false, a: true });
    const two = toyHost({ a: true });
    const { events } = await runToys({
      hosts: { one, two },
      plays: [() => [toggle("a"), runOnce(toggle("m")), toggle("a")]],
    });
    expect(two.trips.flat().join()).not.toContain("m");
    const order = ends(events);
    expect(order.indexOf("one switch m changed")).toBeLessThan(
      order.indexOf("two switch m skipped"),
    );
    // What changed may be seen by the others: they are asked again.
    expect(two.trips).toEqual([["get a", "get a"], ["get a"]]);
  });

  it("gives it to the next host where the first one drops out before", async () => {
    const one = toyHost({ a: false }, { "set a": () => ({ exitCode: 1 }) });
    const two = toyHost({ a: true, m: true });
    const { events } = await runToys({
      hosts: { one, two },
      plays: [() => [toggle("a"), runOnce(toggle("m"))]],
    });
    expect(ends(events)).toContain("two switch m ok");
  });

  it("fails all where it fails", async () => {
    const one = toyHost({ m: false }, { "set m": () => ({ exitCode: 1 }) });
    const two = toyHost({});
    const { result, events } = await runToys({
      hosts: { one, two },
      plays: [() => [runOnce(toggle("m"))]],
    });
    expect(result.hosts.two?.failed).toBe(1);
    expect(events).toContainEqual(
      expect.objectContaining({
        host: "two",
        failure: expect.objectContaining({
          message: "one, which does this for all, failed: could not turn on m",
        }),
      }),
    );
  });

  it("tells all hosts what it found out", async () => {
    const one = toyHost({ x: true }, { "read id": () => ({ stdout: "x" }) });
    const two = toyHost({ x: false });
    const { events } = await runToys({
      hosts: { one, two },
      plays: [
        () => {
          const id = task({
            title: "id",
            probe: { command: sh`read id`, parse: ({ stdout }) => stdout },
            plan: () => [],
          });
          return [runOnce(id), after(id, (name) => toggle(name))];
        },
      ],
    });
    expect(ends(events)).toContain("two switch x changed");
  });
});

describe("delegateTo", () => {
  it("asks its own host anew where the first thing that is delegated changes something", async () => {
    const one = toyHost({ a: true });
    const lb = toyHost({ p: false });
    await runToys({
      hosts: { one },
      bystanders: { lb },
      plays: [() => [delegateTo("lb", toggle("p")), toggle("a")]],
    });
    expect(lb.trips).toEqual([["get p"], ["set p", "get p"]]);
    expect(one.greetings).toEqual([["get a"]]);
    expect(one.trips).toEqual([["get a"], ["get a"]]);
  });

  it("does a task elsewhere, one host at a time, over one session", async () => {
    const [one, two] = [toyHost({ a: true }), toyHost({ a: true })];
    const lb = toyHost({ "pool-one": false, "pool-two": false });
    const { events, result } = await runToys({
      hosts: { one, two },
      bystanders: { lb },
      plays: [(host) => [delegateTo("lb", toggle(`pool-${host}`)), toggle("a")]],
    });
    expect(lb.connects).toBe(1);
    expect(lb.closed).toBe(1);
    expect(lb.trips.flat().filter((command) => command.startsWith("set"))).toHaveLength(2);
    expect(ends(events)).toContain("one switch pool-one changed");
    expect(result.hosts).not.toHaveProperty("lb");
  });

  it("reads all that is delegated to one host in one trip while nothing changes", async () => {
    const one = toyHost({ a: true });
    const lb = toyHost({ p: true, q: true });
    await runToys({
      hosts: { one },
      bystanders: { lb },
      plays: [() => [delegateTo("lb", [toggle("p"), toggle("q")]), toggle("a")]],
    });
    expect(lb.trips).toEqual([["get p", "get q"]]);
    expect(one.trips).toEqual([["get a"]]);
  });

  it("fails the task, not the connection, where the other host is unreachable", async () => {
    const one = toyHost({ a: true });
    const lb = toyHost({});
    lb.refuse = new UnreachableError("no answer");
    const { result, events } = await runToys({
      hosts: { one },
      bystanders: { lb },
      plays: [() => [delegateTo("lb", toggle("p")), toggle("a")]],
    });
    expect(result.hosts.one).toMatchObject({ failed: 1, unreachable: 0 });
    expect(events).toContainEqual(
      expect.objectContaining({
        failure: expect.objectContaining({
          message: "lb, to which this is delegated, is unreachable: no answer",
        }),
      }),
    );
  });

  it("refuses a host that is none before any host is touched", async () => {
    const one = toyHost({});
    await expect(
      runToys({ hosts: { one }, plays: [() => [delegateTo("ld", toggle("p"))]] }),
    ).rejects.toThrow('"switch p" is delegated to "ld", which the inventory does not have');
    expect(one.connects).toBe(0);
  });
});

describe("throttle", () => {
  it.each([
    [1, 1],
    [2, 2],
  ])("lets only %i hosts at a time into a task", async (width, expected) => {
    let inside = 0;
    let most = 0;
    await runToys({
      hosts: Object.fromEntries(
        ["one", "two", "three"].map((name) => [name, toyHost({ a: false })]),
      ),
      plays: [() => [throttle(width, toggle("a"))]],
      onEvent: ({ type }) => {
        if (type === "change") inside += 1;
        most = Math.max(most, inside);
        if (type === "task-end") inside -= 1;
      },
    });
    expect(most).toBe(expected);
  });

  it("refuses a number that is none", () => {
    expect(() => throttle(0, toggle("a"))).toThrow("throttle");
  });
});

describe("anyErrorsFatal", () => {
  it("stops the other hosts before their next task, and the run", async () => {
    const one = toyHost({ a: false, b: true }, { "set a": () => ({ exitCode: 1 }) });
    const two = toyHost({ a: true, m: true, b: true });
    const { events } = await runToys({
      hosts: { one, two },
      control: { anyErrorsFatal: true },
      plays: [() => [toggle("a"), runOnce(toggle("m")), toggle("b")], () => [toggle("b")]],
    });
    expect(ends(events)).not.toContain("two switch b ok");
    expect(events).toContainEqual(
      expect.objectContaining({ type: "host-end", host: "two", status: "stopped" }),
    );
    expect(events.filter(({ type }) => type === "play-start")).toHaveLength(1);
  });

  it("lets every host clean up: what always runs, a rescue under way, and forced handlers", async () => {
    const one = toyHost({ a: false, b: true, c: false }, { "set a": () => ({ exitCode: 1 }) });
    const two = toyHost({ a: true, m: false, b: true, c: false, h: false });
    const { events, result } = await runToys({
      hosts: { one, two },
      control: { anyErrorsFatal: true },
      forceHandlers: true,
      plays: [
        (host) => [
          host === "two" && onChange(toggle("m"), toggle("h")),
          block([toggle("a"), runOnce(toggle("b")), toggle("b")], { always: toggle("c") }),
          toggle("b"),
        ],
      ],
    });
    expect(ends(events)).toContain("one switch c changed");
    expect(ends(events)).toContain("two switch c changed");
    expect(ends(events)).toContain("two switch h changed");
    expect(result.hosts.one).toMatchObject({ failed: 1 });
    const ended = events.filter(({ type }) => type === "host-end");
    expect(ended).toContainEqual(expect.objectContaining({ host: "one", status: "failed" }));
    expect(ended).toContainEqual(expect.objectContaining({ host: "two", status: "stopped" }));
  });
});
