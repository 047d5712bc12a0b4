import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../../src/run/events.ts";
import { createLook } from "../../../src/ui/look.ts";
import { Profile } from "../../../src/ui/profile.ts";
import { textWidth } from "../../../src/ui/text-width.ts";

const play = "mesh";
const look = (width: number) => createLook({ color: false, verbosity: 0, showDiff: false }, width);

const ended = (host: string, task: string, ms: number): RunEvent => ({
  ...{ type: "task-end", play, host, task, index: 0, status: "changed", changes: [] },
  ms,
});

const profileOf = (events: readonly (RunEvent | number)[]): Profile => {
  let clock = 0;
  const profile = new Profile(() => clock);
  for (const event of events) {
    if (typeof event === "number") clock += event;
    else profile.add(event);
  }
  return profile;
};

describe("profile", () => {
  it("sums tasks up over hosts, the slowest first, below what comes before tasks", () => {
    const host = "lab-1";
    const profile = profileOf([
      { type: "host-connected", host, ms: 142 },
      { type: "host-connected", host: "lab-2", ms: 58 },
      { type: "facts", host, ms: 31, cached: false },
      { type: "facts", host: "lab-2", ms: 0, cached: true },
      // The first task has the state of all tasks read: that counts by itself.
      { type: "task-start", play, host, task: "bridge", index: 0 },
      { type: "probe", host, tasks: 2 },
      250,
      { type: "probe-task", host, task: "bridge" },
      250,
      { type: "change", host, task: "bridge", summary: "add bridge" },
      12,
      ended(host, "bridge", 512),
      ended("lab-2", "bridge", 4),
      ended(host, "openvswitch installed", 3100),
      ended("lab-2", "openvswitch installed", 65_000),
    ]);
    expect(profile.lines(look(80))).toEqual([
      "",
      "Profile  slowest tasks first",
      "                       hosts    min   mean     max  slowest",
      "connect                    2   58ms  100ms   142ms  lab-1",
      "gather facts               1   31ms   31ms    31ms  lab-1",
      "read state                 1  500ms  500ms   500ms  lab-1",
      "openvswitch installed      2   3.1s  34.0s  1m 05s  lab-2",
      "bridge                     2    4ms    8ms    12ms  lab-1",
    ]);
  });

  it("shows twenty tasks, and says how many more there are", () => {
    const tasks = Array.from({ length: 22 }, (_, index) => ended("lab-1", `task ${index}`, index));
    const lines = profileOf(tasks).lines(look(80));
    expect(lines).toHaveLength(3 + 20 + 1);
    expect(lines.at(-1)).toBe("… and 2 faster tasks");
  });

  it("cuts long titles to the terminal", () => {
    const lines = profileOf([ended("lab-1", "x".repeat(100), 1)]).lines(look(60));
    expect(Math.max(...lines.map(textWidth))).toBeLessThan(60);
    expect(lines.at(-1)).toMatch(/^x+… .* lab-1$/);
  });

  it("is empty where nothing was done", () => {
    expect(profileOf([]).lines(look(80))).toEqual([]);
  });
});
