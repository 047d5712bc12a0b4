import { describe, expect, it } from "vitest";
import { type FrameOptions, frameLines } from "../../../src/ui/listr/frame.ts";
import { HostProgress } from "../../../src/ui/listr/host-progress.ts";
import { createLook } from "../../../src/ui/look.ts";
import { textWidth } from "../../../src/ui/text-width.ts";

const play = "mesh";
const { paint } = createLook({ color: false, verbosity: 0, showDiff: false }, 80);
const size = (columns: number, rows: number): FrameOptions => ({
  columns,
  rows,
  spinner: "⠙",
  paint,
});

const waiting = (host: string): HostProgress => new HostProgress(host);

const working = (host: string, task = "openvswitch 3.1 installed", output = ""): HostProgress => {
  const row = new HostProgress(host);
  row.apply({ type: "host-start", play, host, tasks: 12 }, 0);
  row.apply({ type: "task-start", play, host, task, index: 2 }, 0);
  row.apply({ type: "change", host, task, summary: "install openvswitch3.1" }, 0);
  row.apply({ type: "output", host, task, line: output }, 0);
  return row;
};

const ended = (host: string, status: "ok" | "failed" | "stopped"): HostProgress => {
  const row = new HostProgress(host);
  row.apply({ type: "host-end", play, host, status, remaining: 0 }, 0);
  return row;
};

const connecting = (host: string): HostProgress => {
  const row = new HostProgress(host);
  row.apply({ type: "host-connect", host }, 0);
  return row;
};

const reading = (host: string): HostProgress => {
  const row = new HostProgress(host);
  row.apply({ type: "probe", host, tasks: 12 }, 0);
  row.apply({ type: "probe-task", host, task: "a" }, 0);
  return row;
};

const many = (count: number, make: (host: string) => HostProgress, from: number): HostProgress[] =>
  Array.from({ length: count }, (_, index) => make(`lab-${from + index}`));

describe("frame", () => {
  it("has a row for each host that is not done, names aligned", () => {
    const hosts = [
      working("lab-1"),
      ended("lab-2", "ok"),
      connecting("lab-3"),
      reading("lab-10"),
      waiting("lab-11"),
    ];
    expect(frameLines(hosts, size(80, 24))).toEqual([
      "⠙ lab-1   openvswitch 3.1 installed (3/12)  install openvswitch3.1",
      "⠙ lab-3   connecting",
      "⠙ lab-10  reading its state (1/12)",
      "· lab-11  waiting",
    ]);
  });

  it("shows the last output below its row, cut to the width", () => {
    const hosts = [working("lab-1", "package", `Unpacking ${"x".repeat(80)}`)];
    expect(frameLines(hosts, size(40, 24))).toEqual([
      "⠙ lab-1  package (3/12)  install openv…",
      "         Unpacking xxxxxxxxxxxxxxxxxxx…",
    ]);
  });

  it("gives up the change before the title, and the title before the count", () => {
    const hosts = [working("lab-1", "a title that fills its row")];
    expect(frameLines(hosts, size(45, 24))).toEqual(["⠙ lab-1  a title that fills its row (3/12)"]);
    expect(frameLines(hosts, size(30, 24))).toEqual(["⠙ lab-1  a title that… (3/12)"]);
  });

  it("measures wide characters", () => {
    const [line = ""] = frameLines([working("主机", "软件包已安装软件包已安装")], size(30, 24));
    expect(textWidth(line)).toBeLessThan(30);
  });

  it("sums up the hosts that it has no room for, and names those that failed", () => {
    const hosts = [
      ...many(120, (host) => ended(host, "ok"), 1),
      ...many(2, (host) => ended(host, "failed"), 121),
      ...many(68, (host) => working(host, "package", "Unpacking"), 123),
      ...many(10, waiting, 191),
    ];
    const lines = frameLines(hosts, size(80, 24));
    expect(lines).toHaveLength(16);
    expect(lines.slice(-2)).toEqual([
      "… and 186 more: 120 done, 54 running, 10 waiting, 2 failed",
      "✖ 2 failed: lab-121, lab-122",
    ]);
  });

  it("does not count a host that was stopped among those that failed", () => {
    const hosts = [ended("lab-1", "failed"), ...many(20, (host) => ended(host, "stopped"), 2)];
    expect(frameLines(hosts, size(80, 24))).toEqual([
      "… and 21 more: 1 failed, 20 stopped",
      "✖ 1 failed: lab-1",
    ]);
  });

  it("stays small on a tiny terminal", () => {
    const hosts = many(50, (host) => working(host), 1);
    const lines = frameLines(hosts, size(20, 4));
    expect(lines).toHaveLength(3);
    expect(Math.max(...lines.map(textWidth))).toBeLessThan(20);
  });
});
