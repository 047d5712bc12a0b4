import { describe, expect, it } from "vitest";
import { sh } from "../../../src/shell/command.ts";
import { CommandTimeoutError, UnreachableError } from "../../../src/ssh/transport.ts";
import { TaskError, task } from "../../../src/task.ts";
import { ends, runToys, toggle, toyHost } from "../../support/toy.ts";

const abc = () => [toggle("a"), toggle("b"), toggle("c")];

const failureOf = (events: Awaited<ReturnType<typeof runToys>>["events"]) =>
  events.flatMap((event) =>
    event.type === "task-end" && event.failure !== undefined ? [event.failure] : [],
  )[0];

describe("reading ahead", () => {
  it("asks a converged host for everything in one trip, over all plays", async () => {
    const host = toyHost({ a: true, b: true, c: true, d: true });
    const { result } = await runToys({ hosts: { one: host }, plays: [abc, () => [toggle("d")]] });
    expect(host.trips).toEqual([["get a", "get b", "get c", "get d"]]);
    expect(result.hosts.one).toMatchObject({ ok: 4, changed: 0 });
  });

  it("applies a change, verifies it and probes what follows in one trip", async () => {
    const host = toyHost({ a: true, b: false, c: true });
    const { events } = await runToys({ hosts: { one: host }, plays: [abc] });
    expect(host.trips).toEqual([
      ["get a", "get b", "get c"],
      ["set b", "get b", "get c"],
    ]);
    expect(ends(events)).toEqual(["one switch a ok", "one switch b changed", "one switch c ok"]);
  });

  it("asks again in a later play once any host has changed", async () => {
    const still = toyHost({ a: true, b: true });
    const moved = toyHost({ a: false, b: true });
    await runToys({
      hosts: { still, moved },
      plays: [() => [toggle("a")], () => [toggle("b")]],
    });
    expect(still.trips).toEqual([["get a", "get b"], ["get b"]]);
    expect(moved.trips).toEqual([["get a", "get b"], ["set a", "get a"], ["get b"]]);
  });

  it("gathers facts as the session opens, only where a play reads them", async () => {
    const { factsProbe } = await import("../../../src/facts.ts");
    const host = toyHost(
      { a: true },
      {
        [factsProbe.command.script]: () => ({
          stdout:
            "id=centos\nversion=9\npackage=dnf\nservice=systemd\nkernel=5.14\narchitecture=x86_64\n",
        }),
      },
    );
    const { playbook } = await import("../../../src/playbook.ts");
    const { runPlaybook } = await import("../../../src/run/run-playbook.ts");
    const { fakeTransport } = await import("../../support/fake-host.ts");
    const { toyContract } = await import("../../support/toy.ts");
    const seen: number[] = [];
    await runPlaybook({
      file: "facts.ts",
      playbook: playbook(toyContract, [
        {
          name: "facts",
          hosts: "toys",
          tasks: ({ facts }) => {
            seen.push(facts.major);
            return [toggle("a")];
          },
        },
      ]),
      inventory: {
        file: "toys.ts",
        hosts: [{ name: "one", connection: { address: "one" } }],
        groups: new Map([["toys", [{ name: "one", vars: {} }]]]),
        hint: undefined,
      },
      limit: ["one"],
      transport: fakeTransport({ one: host }),
      check: false,
      forks: 1,
      emit: () => {},
      signal: new AbortController().signal,
    });
    expect(seen).toEqual([9]);
    expect(host.greetings).toEqual([[factsProbe.command.script]]);
    expect(host.trips).toEqual([[factsProbe.command.script], ["get a"]]);
  });
});

describe("verification", () => {
  it("fails a task whose change did not take, with both states", async () => {
    const host = toyHost({ a: false }, { "set a": () => ({ exitCode: 0 }) });
    const { events, result } = await runToys({
      hosts: { one: host },
      plays: [() => [toggle("a")]],
    });
    expect(result.hosts.one).toMatchObject({ failed: 1, changed: 0 });
    expect(failureOf(events)?.message).toBe(
      "applied, but not in the desired state\nstill to do: turn on a\nstate before: false\nstate after:  false",
    );
  });

  it("takes the exit status of an act that leaves nothing to see for its end", async () => {
    const host = toyHost({ a: false }, { "set a": () => ({ stdout: "done\n" }) });
    const { result } = await runToys({
      hosts: { one: host },
      plays: [() => [{ ...toggle("a"), unverified: true }]],
    });
    expect(result.hosts.one).toMatchObject({ changed: 1, failed: 0 });
  });

  it("never takes an answer that cannot be parsed for no change", async () => {
    const host = toyHost({ a: true }, { "get a": () => ({ stdout: "maybe" }) });
    const { events, result } = await runToys({
      hosts: { one: host },
      plays: [() => [toggle("a")]],
    });
    expect(result.hosts.one).toMatchObject({ ok: 0, failed: 1 });
    expect(failureOf(events)?.message).toBe('cannot read "maybe"');
  });

  it("tells command, exit code and last lines of a change that failed, and probes nothing more", async () => {
    const host = toyHost(
      { a: false, b: true },
      { "set a": () => ({ exitCode: 3, stderr: "no power\n" }) },
    );
    const { events } = await runToys({
      hosts: { one: host },
      plays: [() => [toggle("a"), toggle("b")]],
    });
    expect(failureOf(events)).toEqual({
      message: "could not turn on a",
      command: "set a",
      exitCode: 3,
      output: "no power",
    });
    expect(ends(events)).toEqual(["one switch a failed"]);
  });

  it("passes on what a plan says about a state that it cannot mend", async () => {
    const hopeless = task({
      title: "hopeless",
      probe: { command: sh`get a`, parse: () => 0 },
      plan: () => {
        throw new TaskError("the disk is gone", { hint: "buy a disk" });
      },
    });
    const { events } = await runToys({
      hosts: { one: toyHost({ a: true }) },
      plays: [() => [hopeless]],
    });
    expect(failureOf(events)).toMatchObject({ message: "the disk is gone", hint: "buy a disk" });
  });
});

describe("check mode", () => {
  it("says what would change and sends nothing but probes", async () => {
    const host = toyHost({ a: false, b: true, c: false });
    const { events, result } = await runToys({ hosts: { one: host }, plays: [abc], check: true });
    expect(host.trips).toEqual([["get a", "get b", "get c"]]);
    expect(result.hosts.one).toMatchObject({ ok: 1, changed: 2 });
    expect(ends(events)).toContain("one switch c changed");
  });
});

describe("a host that drops out", () => {
  it("leaves the others to go on", async () => {
    const bad = toyHost({ a: false, b: true }, { "set a": () => ({ exitCode: 1 }) });
    const good = toyHost({ a: false, b: false });
    const { result } = await runToys({
      hosts: { bad, good },
      plays: [() => [toggle("a")], () => [toggle("b")]],
    });
    expect(result.hosts.bad).toMatchObject({ failed: 1, ok: 0 });
    expect(result.hosts.good).toMatchObject({ changed: 2, failed: 0 });
  });

  it("is unreachable when it cannot be connected, and keeps nobody from the next play", async () => {
    const dead = toyHost({ a: true });
    dead.refuse = new UnreachableError("connection refused");
    const good = toyHost({ a: true, b: true });
    const { events, result } = await runToys({
      hosts: { dead, good },
      plays: [() => [toggle("a")], () => [toggle("b")]],
    });
    expect(result.hosts.dead).toEqual({
      ok: 0,
      changed: 0,
      failed: 0,
      unreachable: 1,
      skipped: 0,
      ignored: 0,
      rescued: 0,
    });
    expect(result.hosts.good).toMatchObject({ ok: 2 });
    expect(dead.connects).toBe(1);
    expect(events.find((event) => event.type === "unreachable")).toMatchObject({
      host: "dead",
      failure: { message: "connection refused" },
    });
  });

  it("is told what the inventory says about its hosts where it never answered, and only there", async () => {
    const dead = toyHost({ a: true });
    dead.refuse = new UnreachableError("connection refused", { hint: "check the address" });
    const lost = toyHost({ a: true }, { "get a": () => "lose-connection" });
    const hint = "start it";
    const { events } = await runToys({ hosts: { dead, lost }, plays: [() => [toggle("a")]], hint });
    const hints = events.flatMap((event) =>
      event.type === "unreachable" ? [[event.host, event.failure.hint]] : [],
    );
    expect(Object.fromEntries(hints)).toEqual({
      dead: "check the address\nstart it",
      lost: undefined,
    });
  });

  it("is unreachable, not changed, when it is lost in a change; what it did before counts", async () => {
    const host = toyHost({ a: true, b: false, c: true }, { "set b": () => "lose-connection" });
    const { result } = await runToys({ hosts: { one: host }, plays: [abc] });
    expect(result.hosts.one).toMatchObject({ ok: 1, changed: 0, failed: 0, unreachable: 1 });
  });

  it("is reached again after a change that may cut the connection, and asked what came of it", async () => {
    let moved = false;
    const host = toyHost(
      {},
      {
        "where is it": () => ({ stdout: moved ? "there" : "here" }),
        "move it": () => {
          moved = true;
          return "lose-connection";
        },
      },
    );
    const move = task({
      title: "move",
      probe: { command: sh`where is it`, parse: ({ stdout }) => stdout },
      plan: (now) =>
        now === "there" ? [] : [{ summary: "move it", command: sh`move it`, mayDisconnect: true }],
    });
    const { result } = await runToys({ hosts: { one: host }, plays: [() => [move]] });
    expect(result.hosts.one).toMatchObject({ changed: 1, unreachable: 0 });
    expect(host.connects).toBe(2);
  });
});

describe("a probe that takes too long", () => {
  it("fails its own task and keeps what the tasks before it said", async () => {
    const late = new CommandTimeoutError(
      1000,
      { stdout: "", stderr: "waiting", exitCode: 143, truncated: false },
      1,
    );
    const host = toyHost({ a: true, b: true, c: true }, { "get b": () => late });
    const { events, result } = await runToys({ hosts: { one: host }, plays: [abc] });
    expect(result.hosts.one).toMatchObject({ ok: 1, failed: 1 });
    expect(failureOf(events)?.message).toBe("timed out after 1 s and was ended");
  });
});

describe("an interrupted run", () => {
  it("stops where it is, closes every connection and says what was done", async () => {
    const controller = new AbortController();
    const host = toyHost({ a: true, b: false, c: false });
    const { events, result } = await runToys({
      hosts: { one: host },
      plays: [abc],
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === "change") controller.abort(new Error("interrupted"));
      },
    });
    expect(result.interrupted).toBe(true);
    expect(result.hosts.one).toMatchObject({ ok: 1, changed: 0, failed: 0, unreachable: 0 });
    expect(host.closed).toBe(1);
    expect(events.at(-1)).toMatchObject({ type: "recap", interrupted: true });
  });
});

describe("hosts side by side", () => {
  it("works on no more than --forks at a time", async () => {
    let running = 0;
    let most = 0;
    const hosts = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`h${index}`, toyHost({ a: true })]),
    );
    await runToys({
      hosts,
      plays: [() => [toggle("a")]],
      forks: 4,
      onEvent: ({ type }) => {
        if (type === "host-start") running += 1;
        if (type === "host-end") running -= 1;
        most = Math.max(most, running);
      },
    });
    expect(most).toBe(4);
  });
});

describe("what cannot be built", () => {
  it("is refused before any host is touched", async () => {
    const host = toyHost({ a: true });
    const broken = () => {
      throw new Error("no such file: image.tar");
    };
    await expect(
      runToys({ hosts: { one: host }, plays: [() => [toggle("a")], broken] }),
    ).rejects.toThrow('play "play 2", host one: no such file: image.tar');
    expect(host.connects).toBe(0);
  });
});
