import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../../src/run/events.ts";
import type { RenderOptions } from "../../../src/ui/render-options.ts";
import { createRenderer, type Renderer } from "../../../src/ui/renderer.ts";
import { demoRun } from "../../support/demo-run.ts";
import { fakeOptions } from "./fake-stream.ts";
import { FakeTerminal } from "./fake-terminal.ts";

const play = "mesh";
const host = "lab-1";
const task = "iproute upgraded";
const index = 0;
const start: RunEvent[] = [
  { type: "run-start", playbook: "mesh.ts", hosts: [host, "lab-2"], plays: [play], check: false },
  { type: "play-start", play, index, hosts: [host, "lab-2"] },
  { type: "host-connect", host },
];
const changed: RunEvent = {
  ...{ type: "task-end", play, host, task, index, status: "changed", ms: 10 },
  changes: [{ summary: "upgrade iproute" }],
};

const open = async (terminal: FakeTerminal, more: Partial<RenderOptions> = {}): Promise<Renderer> =>
  createRenderer("listr", fakeOptions(terminal, { color: true, now: () => 0, ...more }));

/** Lets the list start and the spinner turn at least once. */
const turn = (): Promise<void> => sleep(250);

describe("rows on a terminal", () => {
  it("shows what a host is at, with the last line of its output", async () => {
    const terminal = new FakeTerminal(80, 24);
    const renderer = await open(terminal);
    for (const event of start) renderer.emit(event);
    renderer.emit({ type: "host-start", play, host, tasks: 3 });
    renderer.emit({ type: "task-start", play, host, task, index: 1 });
    renderer.emit({ type: "change", host, task, summary: "upgrade iproute" });
    renderer.emit({ type: "output", host, task, line: "\u001b[1mUnpacking\u001b[0m\tiproute\r\n" });
    await turn();
    expect(terminal.cursorVisible).toBe(false);
    const [, heading, row = "", output, waiting] = terminal.screen;
    expect(heading).toBe("mesh  2 hosts");
    expect(row.slice(2)).toBe("lab-1  iproute upgraded (2/3)  upgrade iproute");
    expect(output).toBe("         Unpacking       iproute");
    expect(waiting).toBe("· lab-2  waiting");
    await renderer.close();
  });

  it("leaves a host's summary behind, and then the recap", async () => {
    const terminal = new FakeTerminal(80, 24);
    const renderer = await open(terminal);
    for (const event of start) renderer.emit(event);
    renderer.emit(changed);
    renderer.emit({ type: "host-end", play, host, status: "ok", remaining: 0 });
    await turn();
    renderer.emit({
      type: "unreachable",
      host: "lab-2",
      failure: { message: "no answer", hint: "Is it up?" },
    });
    renderer.emit({ type: "host-end", play, host: "lab-2", status: "unreachable", remaining: 0 });
    renderer.emit({ type: "play-end", play, index });
    const counts = {
      ok: 0,
      changed: 1,
      failed: 0,
      unreachable: 0,
      skipped: 0,
      ignored: 0,
      rescued: 0,
    };
    const hosts = { [host]: counts };
    renderer.emit({ type: "recap", hosts, ms: 4200, check: false, interrupted: false });
    await renderer.close();
    expect(terminal.screen).toEqual([
      "",
      "mesh  2 hosts",
      "✔ lab-1  1 changed  0.0s",
      "    iproute upgraded  upgrade iproute",
      "✖ lab-2  unreachable  0.0s",
      "",
      "    no answer",
      "",
      "    Try: Is it up?",
      "",
      "Recap  1 host in 4.2s",
      "host   ok  changed  failed  unreachable  skipped",
      "lab-1   0        1       0            0        0",
      "",
    ]);
    expect(terminal.cursorVisible).toBe(true);
  });

  it("gives the terminal back when it is closed in the middle", async () => {
    const terminal = new FakeTerminal(80, 24);
    const renderer = await open(terminal);
    for (const event of start) renderer.emit(event);
    await turn();
    await renderer.close();
    expect(terminal.cursorVisible).toBe(true);
    expect(terminal.screen).toEqual(["", "mesh  2 hosts", ""]);
  });

  it("is through with a play that ends before its list has started", async () => {
    const terminal = new FakeTerminal(80, 24);
    const renderer = await open(terminal);
    for (const event of start) renderer.emit(event);
    renderer.emit({ type: "host-end", play, host, status: "interrupted", remaining: 2 });
    renderer.emit({ type: "play-end", play, index });
    renderer.emit({ type: "play-start", play: "verify", index: 1, hosts: [host] });
    await renderer.close();
    expect(terminal.screen).toEqual([
      "",
      "mesh  2 hosts",
      "◼ lab-1  interrupted  2 not reached  0.0s",
      "",
      "verify  1 host",
      "",
    ]);
  });

  it("holds back what others print until the rows are gone", async () => {
    const terminal = new FakeTerminal(80, 24);
    const renderer = await open(terminal);
    for (const event of start) renderer.emit(event);
    await turn();
    terminal.write("a warning from a playbook\n");
    expect(terminal.screen.join("\n")).not.toContain("warning");
    await renderer.close();
    expect(terminal.screen).toEqual(["", "mesh  2 hosts", "a warning from a playbook", ""]);
  });

  it("lists every task with -v", async () => {
    const terminal = new FakeTerminal(80, 24);
    const renderer = await open(terminal, { verbosity: 1 });
    for (const event of start) renderer.emit(event);
    renderer.emit({ ...changed, task: "firewall", status: "ok", changes: [] });
    renderer.emit(changed);
    renderer.emit({ type: "host-end", play, host, status: "ok", remaining: 0 });
    await renderer.close();
    expect(terminal.screen.slice(2)).toEqual([
      "✔ lab-1  1 ok, 1 changed  0.0s",
      "    firewall          ok",
      "    iproute upgraded  upgrade iproute",
      "",
    ]);
  });

  it("prints what the followed host does above the rows, as it comes", async () => {
    const terminal = new FakeTerminal(80, 24);
    const renderer = await open(terminal, { follow: host });
    for (const event of start) renderer.emit(event);
    for (const host of ["lab-1", "lab-2"]) {
      renderer.emit({ type: "task-start", play, host, task, index });
      renderer.emit({ type: "change", host, task, summary: "upgrade iproute" });
      renderer.emit({ type: "output", host, task, line: `Unpacking on ${host}` });
    }
    await turn();
    expect(terminal.screen.slice(0, 5)).toEqual([
      "",
      "mesh  2 hosts",
      "[lab-1] task 1: iproute upgraded",
      "[lab-1] now: upgrade iproute",
      "[lab-1] | Unpacking on lab-1",
    ]);
    expect(terminal.screen.join("\n")).toMatch(/lab-2 {2}iproute upgraded/);
    renderer.emit(changed);
    renderer.emit({ type: "host-end", play, host, status: "ok", remaining: 0 });
    await renderer.close();
    expect(terminal.screen.slice(5)).toEqual([
      "[lab-1] changed: iproute upgraded (upgrade iproute) 0.0s",
      "✔ lab-1  1 changed  0.0s",
      "",
    ]);
  });

  it("writes many lines of the followed host at once", async () => {
    const terminal = new FakeTerminal(80, 24);
    const renderer = await open(terminal, { follow: host });
    for (const event of start) renderer.emit(event);
    await turn();
    const before = terminal.writes.length;
    for (let line = 0; line < 1000; line += 1) {
      renderer.emit({ type: "output", host, task, line: `line ${line}` });
    }
    await renderer.close();
    expect(terminal.writes.length - before).toBeLessThan(10);
    expect(terminal.screen.filter((line) => line.startsWith("[lab-1] | line"))).toHaveLength(1000);
  });

  it("counts hosts without a tale, and shows a failure that was ignored, among many", async () => {
    const terminal = new FakeTerminal(80, 24);
    const renderer = await open(terminal);
    const hosts = Array.from({ length: 200 }, (_, number) => `lab-${number + 1}`);
    renderer.emit({ ...start[0], hosts } as RunEvent);
    renderer.emit({ type: "play-start", play, index, hosts });
    const failure = { message: "exit code 1" };
    renderer.emit({ ...changed, changes: [], status: "ignored", failure } as RunEvent);
    for (const [number, host] of hosts.entries()) {
      const status = number < 50 ? "ok" : "stopped";
      renderer.emit({ type: "host-end", play, host, status, remaining: 0 });
    }
    renderer.emit({ type: "play-end", play, index });
    await renderer.close();
    expect(terminal.screen).toEqual([
      "",
      "mesh  200 hosts",
      "✔ lab-1    1 ignored  0.0s",
      "",
      "    iproute upgraded (ignored): exit code 1",
      "",
      "✔ 49 hosts unchanged",
      "◼ 150 hosts stopped, for another host failed",
      "",
    ]);
  });

  it.each([
    { hosts: 3, columns: 80, rows: 24 },
    { hosts: 200, columns: 80, rows: 24 },
    { hosts: 40, columns: 50, rows: 12 },
  ])(
    "keeps $hosts hosts inside $columns x $rows",
    async ({ hosts, columns, rows }) => {
      const terminal = new FakeTerminal(columns, rows);
      const renderer = await open(terminal, { columns, rows, showDiff: true });
      // FakeTerminal fails the write where a frame would not fit.
      await demoRun({ emit: renderer.emit, hosts, wait: (ms) => sleep(ms / 20) });
      await renderer.close();
      const moving = terminal.frames.map((lines) => lines.filter((line) => /^[⠀-⣿·…]/.test(line)));
      expect(Math.max(...moving.map((lines) => lines.length))).toBeLessThan(rows);
      expect(Math.max(...moving.flat().map((line) => line.length))).toBeLessThan(columns);
      expect(terminal.screen.filter((line) => /^[⠀-⣿]/.test(line))).toEqual([]);
      expect(terminal.screen.join("\n")).toMatch(/✖ lab-3 .*1 failed/);
      expect(terminal.cursorVisible).toBe(true);
    },
    20_000,
  );
});
