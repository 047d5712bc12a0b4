import { describe, expect, it } from "vitest";
import { difference, onlyPlanned, PlanRecorder } from "../../../src/run/plan.ts";
import { sh } from "../../../src/shell/command.ts";
import { secret } from "../../../src/shell/secret.ts";
import { change, task } from "../../../src/task.ts";
import { ends, runToys, toggle, toyHost } from "../../support/toy.ts";

const planOf = async (switches: Record<string, boolean>) => {
  const recorder = new PlanRecorder("salt");
  await runToys({
    hosts: { one: toyHost(switches) },
    plays: [() => [toggle("a"), toggle("b")]],
    check: true,
    hooks: { approve: recorder.approve },
  });
  return recorder.plan(["one"]);
};

describe("a plan", () => {
  it("holds what is due on each host", async () => {
    const plan = await planOf({ a: true, b: false });
    expect(plan).toMatchObject({
      one: [{ play: 0, title: "switch b", changes: [{ summary: "turn on b" }] }],
    });
  });

  it("tells where a host has moved on", async () => {
    const now = await planOf({ a: true, b: false });
    const both = await planOf({ a: false, b: false });
    const none = await planOf({ a: true, b: true });
    const of = (plan: typeof now) => plan.one ?? [];
    expect(difference(of(now), of(now))).toBeUndefined();
    expect(difference(of(none), of(now))).toBe("now also due: switch b (turn on b)");
    expect(difference(of(now), of(none))).toBe("no longer due: switch b (turn on b)");
    expect(difference(of(both), of(now))).toBe(
      "planned was switch a (turn on a), now due is switch b (turn on b)",
    );
  });

  it("lets its own changes through and no others", async () => {
    const plan = await planOf({ a: true, b: false });
    const host = toyHost({ a: false, b: false });
    const { events } = await runToys({
      hosts: { one: host },
      plays: [() => [toggle("b"), toggle("a")]],
      hooks: { approve: onlyPlanned(plan, "salt") },
    });
    expect(ends(events)).toEqual(["one switch b changed", "one switch a failed"]);
    expect(host.trips.flat()).not.toContain("set a");
    expect(events).toContainEqual(
      expect.objectContaining({
        failure: expect.objectContaining({
          message: "the plan does not hold this change: turn on a",
        }),
      }),
    );
  });

  it("tells no secret, and tells commands apart by it", () => {
    const withSecret = (word: string) => {
      const recorder = new PlanRecorder("salt");
      const plain = task({
        title: `say ${word}`,
        probe: { command: sh`true`, parse: () => 0 },
        plan: () => [],
      });
      const changes = change(true, `say ${word}`, sh`echo ${secret(word)}`, {
        diff: { subject: "word", before: "", after: word },
      });
      recorder.approve({ host: "one", play: 0, task: plain, changes });
      return recorder.plan(["one"]);
    };
    const plan = withSecret("open-sesame");
    expect(JSON.stringify(plan)).not.toContain("open-sesame");
    expect(difference(plan.one ?? [], withSecret("other-word").one ?? [])).toContain("another way");
  });
});
