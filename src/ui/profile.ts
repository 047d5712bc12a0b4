import type { RunEvent } from "../run/events.ts";
import { cleanLine } from "./clean-text.ts";
import { counted } from "./counted.ts";
import { preciseDuration } from "./duration.ts";
import type { HostEvent } from "./event-of.ts";
import type { Look } from "./look.ts";
import { pad, textWidth, truncate } from "./text-width.ts";

/** As many as Ansible's profile_tasks shows. */
const MAX_TASKS = 20;
const MIN_TITLE = 20;

/** How long one thing took on the hosts that did it; all in milliseconds. */
class Timing {
  readonly title: string;
  readonly #hosts = new Set<string>();
  #times = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  max = 0;
  #slowest = "";

  constructor(title: string) {
    this.title = title;
  }

  add(host: string, ms: number): void {
    this.#hosts.add(host);
    this.#times += 1;
    this.#sum += ms;
    this.#min = Math.min(this.#min, ms);
    if (ms >= this.max) this.#slowest = host;
    this.max = Math.max(this.max, ms);
  }

  get cells(): readonly string[] {
    const times = [this.#min, this.#sum / this.#times, this.max];
    return [String(this.#hosts.size), ...times.map(preciseDuration), this.#slowest];
  }
}

const HEAD = ["hosts", "min", "mean", "max", "slowest"];
const LEFT = HEAD.length - 1;

const table = (timings: readonly Timing[], { paint, width }: Look): string[] => {
  const rows = [HEAD, ...timings.map(({ cells }) => cells)];
  const widths = HEAD.map((_, column) =>
    Math.max(...rows.map((cells) => textWidth(cells[column] ?? ""))),
  );
  const taken = widths.reduce((sum, cells) => sum + 2 + cells, 0);
  const titles = ["", ...timings.map(({ title }) => title)];
  const room = Math.max(MIN_TITLE, width - 1 - taken);
  const titleWidth = Math.min(room, Math.max(...titles.map(textWidth)));
  return rows.map((cells, row) => {
    const title = pad(truncate(titles[row] ?? "", titleWidth), titleWidth);
    const numbers = cells
      .map((cell, column) => (column === LEFT ? cell : cell.padStart(widths[column] ?? 0)))
      .join("  ");
    return row === 0 ? paint.dim(`${title}  ${numbers}`) : `${title}  ${numbers}`;
  });
};

/**
 * Where a run's time went: the slowest tasks over all hosts, and what comes before tasks. Fed with
 * the run's events as they come.
 */
export class Profile {
  readonly #now: () => number;
  readonly #before = new Map<string, Timing>();
  readonly #tasks = new Map<string, Timing>();
  /** When each host was asked for its state, until it has told it. */
  readonly #asked = new Map<string, number>();
  /** For how long of its present task each host has told its state, in milliseconds. */
  readonly #read = new Map<string, number>();

  /** @param now a clock in milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(event: RunEvent): void {
    if ("host" in event) this.#addOfHost(event);
  }

  #addOfHost(event: HostEvent): void {
    const { host } = event;
    if (event.type !== "probe-task") this.#endReading(host);
    switch (event.type) {
      case "host-connected":
        this.#timing(this.#before, "connect", "connect").add(host, event.ms);
        return;
      case "facts":
        if (!event.cached) this.#timing(this.#before, "facts", "gather facts").add(host, event.ms);
        return;
      case "probe":
        this.#asked.set(host, this.#now());
        return;
      case "task-end": {
        const key = JSON.stringify([event.play, event.task]);
        const own = Math.max(0, event.ms - (this.#read.get(host) ?? 0));
        this.#timing(this.#tasks, key, cleanLine(event.task)).add(host, own);
        this.#read.delete(host);
        return;
      }
      case "host-start":
        this.#read.delete(host);
    }
  }

  // The first task finds that nothing has been read, and has it read for all: that is not its own time.
  #endReading(host: string): void {
    const asked = this.#asked.get(host);
    if (asked === undefined) return;
    this.#asked.delete(host);
    const ms = this.#now() - asked;
    this.#read.set(host, (this.#read.get(host) ?? 0) + ms);
    this.#timing(this.#before, "probe", "read state").add(host, ms);
  }

  #timing(timings: Map<string, Timing>, key: string, title: string): Timing {
    const timing = timings.get(key) ?? new Timing(title);
    timings.set(key, timing);
    return timing;
  }

  /** The table to print after the recap. */
  lines(look: Look): string[] {
    const tasks = [...this.#tasks.values()].sort((a, b) => b.max - a.max);
    const shown = [...this.#before.values(), ...tasks.slice(0, MAX_TASKS)];
    if (shown.length === 0) return [];
    const rest = tasks.length - MAX_TASKS;
    return [
      "",
      look.paint.bold("Profile  slowest tasks first"),
      ...table(shown, look),
      ...(rest > 0 ? [look.paint.dim(`… and ${counted(rest, "faster task")}`)] : []),
    ];
  }
}
