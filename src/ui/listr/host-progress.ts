import type { Failure, TaskStatus } from "../../run/events.ts";
import { cleanLine } from "../clean-text.ts";
import type { EventOf, HostEvent } from "../event-of.ts";

/** Where a host is in a play. */
export type Phase = "waiting" | "connecting" | "reading" | "working" | "ended";

/** A failure with the task that it befell, if it was one. */
export interface TitledFailure {
  readonly title?: string;
  readonly failure: Failure;
}

/** What one host has done in one play so far; fed with the host's events. */
export class HostProgress {
  readonly host: string;
  phase: Phase = "waiting";
  /** How the play ended for the host, once it has. */
  outcome: EventOf<"host-end">["status"] | undefined;
  /** How many tasks the play has for the host; 0 until that is known. */
  tasks = 0;
  /** From 0. */
  index = 0;
  task = "";
  /** The change being applied, and the last line that it printed. */
  change = "";
  output = "";
  /** The other run that has the host, while this one waits for it. */
  busyWith = "";
  /** How many probes have been answered, of how many. */
  probed = 0;
  probes = 0;
  /** When the host began with the play, in milliseconds of the renderer's clock. */
  began: number | undefined;
  readonly ended: EventOf<"task-end">[] = [];
  readonly failures: TitledFailure[] = [];

  constructor(host: string) {
    this.host = host;
  }

  /** How many tasks ended with this status. */
  count(status: TaskStatus): number {
    return this.ended.filter((task) => task.status === status).length;
  }

  apply(event: HostEvent, now: number): void {
    this.began ??= now;
    switch (event.type) {
      case "host-connect":
        this.phase = "connecting";
        return;
      case "host-connected":
      case "host-start":
        this.phase = "working";
        if (event.type === "host-start") this.tasks = event.tasks;
        return;
      case "host-busy":
        this.busyWith = cleanLine(event.by);
        return;
      case "host-tasks":
        this.tasks = event.tasks;
        return;
      case "retry":
        this.change = cleanLine(`attempt ${event.attempt} of ${event.attempts} follows`);
        this.output = cleanLine(event.reason);
        return;
      case "probe":
        this.phase = "reading";
        this.busyWith = "";
        this.probes = event.tasks;
        this.probed = 0;
        return;
      case "probe-task":
        this.probed += 1;
        return;
      case "task-start":
        this.phase = "working";
        this.index = event.index;
        this.task = cleanLine(event.task);
        return;
      case "change":
        this.phase = "working";
        this.change = cleanLine(event.summary);
        this.output = "";
        return;
      case "output":
        // An empty line would make the row below blink.
        this.output = cleanLine(event.line) || this.output;
        return;
      case "task-end":
        this.#endTask(event);
        return;
      case "unreachable":
      case "host-failed":
        this.failures.push({ failure: event.failure });
        return;
      case "host-end":
        this.phase = "ended";
        this.outcome = event.status;
    }
  }

  /** The host is lost for the run by a fault of its own. */
  get failed(): boolean {
    return this.outcome === "failed" || this.outcome === "unreachable";
  }

  #endTask(event: EventOf<"task-end">): void {
    this.ended.push(event);
    this.change = "";
    this.output = "";
    if (event.status !== "failed" && event.status !== "ignored" && event.status !== "rescued")
      return;
    const failure = event.failure ?? { message: "no reason was given" };
    const title = event.status === "failed" ? event.task : `${event.task} (${event.status})`;
    this.failures.push({ title, failure });
  }
}
