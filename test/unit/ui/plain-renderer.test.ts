import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../../src/run/events.ts";
import type { RenderOptions } from "../../../src/ui/render-options.ts";
import { createRenderer } from "../../../src/ui/renderer.ts";
import { FakeStream, fakeOptions } from "./fake-stream.ts";

const play = "mesh";
const host = "lab-1";
const task = "iproute upgraded";
const index = 0;

const runStart = (check = false, plays = [play]): RunEvent => ({
  type: "run-start",
  playbook: "playbooks/mesh.ts",
  hosts: ["lab-1", "lab-2"],
  plays,
  check,
});

const ended = (more: Partial<Extract<RunEvent, { type: "task-end" }>>): RunEvent => ({
  ...{ type: "task-end", play, host, task, index, status: "ok", changes: [], ms: 3100 },
  ...more,
});

const upgraded = ended({
  status: "changed",
  changes: [
    { summary: "upgrade iproute", diff: { subject: "version", before: "5.1\n", after: "6.2\n" } },
  ],
});

const render = async (
  events: readonly RunEvent[],
  more: Partial<RenderOptions> = {},
): Promise<string[]> => {
  const stdout = new FakeStream();
  const renderer = await createRenderer("plain", fakeOptions(stdout, more));
  for (const event of events) renderer.emit(event);
  await renderer.close();
  return stdout.lines;
};

describe("plain output", () => {
  it.each<{ name: string; events: RunEvent[]; options?: Partial<RenderOptions>; lines: string[] }>([
    {
      name: "a play has a heading with its hosts",
      events: [runStart(), { type: "play-start", play, index, hosts: [host, "lab-2"] }],
      lines: ["play: mesh (2 hosts)"],
    },
    {
      name: "one of several plays is numbered, check mode is said",
      events: [
        runStart(true, ["mesh", "verify"]),
        { type: "play-start", play: "verify", index: 1, hosts: [host] },
      ],
      lines: ["", "play 2/2: verify (1 host, check mode)"],
    },
    {
      name: "a changed task is one line",
      events: [runStart(), upgraded],
      lines: ["[lab-1] changed: iproute upgraded (upgrade iproute) 3.1s"],
    },
    {
      name: "check mode says what would change",
      events: [runStart(true), upgraded],
      lines: ["[lab-1] would change: iproute upgraded (upgrade iproute) 3.1s"],
    },
    {
      name: "a diff follows where diffs are asked for",
      events: [runStart(), upgraded],
      options: { showDiff: true },
      lines: [
        "[lab-1] changed: iproute upgraded (upgrade iproute) 3.1s",
        "    --- version (before)",
        "    +++ version (after)",
        "    @@ -1,1 +1,1 @@",
        "    -5.1",
        "    +6.2",
      ],
    },
    {
      name: "ok tasks, probes and output say nothing without -v",
      events: [
        runStart(),
        { type: "host-connected", host, ms: 120 },
        { type: "probe", host, tasks: 3 },
        { type: "change", host, task, summary: "upgrade iproute" },
        { type: "output", host, task, line: "Unpacking" },
        ended({}),
        ended({ status: "skipped" }),
        { type: "host-end", play, host, status: "ok", remaining: 0 },
      ],
      lines: [""],
    },
    {
      name: "and are lines with -v",
      events: [
        runStart(),
        { type: "host-connected", host, ms: 120 },
        { type: "probe", host, tasks: 3 },
        { type: "change", host, task, summary: "upgrade iproute" },
        {
          type: "output",
          host,
          task,
          line: "  \u001b[31mUnpacking\u001b[0m 10%\r  Unpacking 100%\r",
        },
        { type: "output", host, task, line: "" },
        ended({}),
        ended({ status: "skipped" }),
      ],
      options: { verbosity: 1 },
      lines: [
        "[lab-1] connected 0.1s",
        "[lab-1] now: upgrade iproute",
        "[lab-1] |   Unpacking 100%",
        "[lab-1] |",
        "[lab-1] ok: iproute upgraded 3.1s",
        "[lab-1] skipped: iproute upgraded",
      ],
    },
    {
      name: "the followed host's tasks, changes and output are lines, and no other's",
      events: [
        runStart(),
        ...[host, "lab-2"].flatMap((host): RunEvent[] => [
          { type: "host-connected", host, ms: 120 },
          { type: "facts", host, ms: 300, cached: false },
          { type: "task-start", play, host, task, index },
          { type: "change", host, task, summary: "upgrade iproute" },
          { type: "output", host, task, line: "Unpacking" },
        ]),
        upgraded,
      ],
      options: { follow: host },
      lines: [
        "[lab-1] connected 0.1s",
        "[lab-1] facts 0.3s",
        "[lab-1] task 1: iproute upgraded",
        "[lab-1] now: upgrade iproute",
        "[lab-1] | Unpacking",
        "[lab-1] changed: iproute upgraded (upgrade iproute) 3.1s",
      ],
    },
    {
      name: "a failure that was ignored is shown as such",
      events: [runStart(), ended({ status: "ignored", failure: { message: "exit code 1" } })],
      lines: ["[lab-1] failed, ignored: iproute upgraded 3.1s", "    exit code 1"],
    },
    {
      name: "a host that was stopped for another's failure is said",
      events: [{ type: "host-end", play, host, status: "stopped", remaining: 3 }],
      lines: ["[lab-1] stopped, 3 tasks not reached: another host failed"],
    },
    {
      name: "a failure is a block",
      events: [
        runStart(),
        ended({
          status: "failed",
          failure: {
            message: "could not install openvswitch",
            command: "apt-get install -y openvswitch",
            exitCode: 100,
            output: "E: Could not get lock\n",
            hint: "Wait, then run again.",
            stack: "Error: x\n    at y",
          },
        }),
        { type: "host-end", play, host, status: "failed", remaining: 2 },
      ],
      lines: [
        "[lab-1] failed: iproute upgraded 3.1s",
        "    could not install openvswitch",
        "",
        "      $ apt-get install -y openvswitch",
        "      E: Could not get lock",
        "      exit code 100",
        "",
        "    Try: Wait, then run again.",
        "[lab-1] 2 tasks not reached",
      ],
    },
    {
      name: "an unreachable host says why, with the stack at -vv",
      events: [
        {
          type: "unreachable",
          host,
          failure: { message: "no route", stack: "Error: x\n    at y" },
        },
      ],
      options: { verbosity: 2 },
      lines: ["[lab-1] unreachable", "    no route", "", "    Error: x", "        at y"],
    },
    {
      name: "an interrupted host is said",
      events: [{ type: "host-end", play, host, status: "interrupted", remaining: 1 }],
      lines: ["[lab-1] interrupted, 1 task not reached"],
    },
  ])("$name", async ({ events, options, lines }) => {
    expect(await render(events, options)).toEqual(lines);
  });

  it("prints reports by host before the recap", async () => {
    const lines = await render(
      [
        runStart(),
        ended({ host: "lab-2", report: "lab-2 -> lab-1  ok\n" }),
        ended({ host: "lab-1", report: "lab-1 -> lab-2  ok\n  1.2 ms\n" }),
        {
          type: "recap",
          hosts: {
            "lab-1": {
              ok: 1,
              changed: 0,
              failed: 0,
              unreachable: 0,
              skipped: 0,
              ignored: 0,
              rescued: 0,
            },
          },
          ms: 12_345,
          check: false,
          interrupted: false,
        },
      ],
      { columns: 80 },
    );
    expect(lines).toEqual([
      "",
      "lab-1  iproute upgraded",
      "  lab-1 -> lab-2  ok",
      "    1.2 ms",
      "",
      "lab-2  iproute upgraded",
      "  lab-2 -> lab-1  ok",
      "",
      "Recap  1 host in 12.3s",
      "host   ok  changed  failed  unreachable  skipped",
      "lab-1   1        0       0            0        0",
    ]);
  });

  it("ends with the slowest tasks where they are asked for", async () => {
    const recap: RunEvent = {
      ...{ type: "recap", hosts: {}, ms: 10, check: false, interrupted: false },
    };
    const lines = await render([runStart(), ended({}), recap], { profile: true });
    expect(lines.slice(-3)).toEqual([
      "Profile  slowest tasks first",
      "                  hosts   min  mean   max  slowest",
      "iproute upgraded      1  3.1s  3.1s  3.1s  lab-1",
    ]);
  });

  it("prints reports of a run that broke off", async () => {
    const lines = await render([runStart(), ended({ report: "lab-1 -> lab-2  ok" })]);
    expect(lines).toEqual(["", "lab-1  iproute upgraded", "  lab-1 -> lab-2  ok"]);
  });
});
