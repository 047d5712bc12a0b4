import type { Failure, HostRecap, RunEvent, ShownChange, TaskStatus } from "../run/events.ts";
import type { EventOf, HostEvent } from "../ui/event-of.ts";

/** A report shows the last lines of what a task printed; a log has them all. */
const MAX_OUTPUT_LINES = 200;

/** One task on one host. Times are in milliseconds, `at` since the run began. */
export interface TaskRecord {
  readonly play: string;
  readonly title: string;
  readonly at: number;
  readonly ms: number;
  /** "interrupted": the run ended while the task was running. */
  readonly status: TaskStatus | "interrupted";
  readonly changes: readonly ShownChange[];
  /** The last lines that its commands printed. */
  readonly output: readonly string[];
  /** How many lines came before those. */
  readonly droppedLines: number;
  readonly report?: string;
  readonly failure?: Failure;
}

/** What a host does before its tasks. */
export type StretchKind = "connect" | "gather facts" | "read state";

/** Time that a host took for no task of its own, in milliseconds, `at` since the run began. */
export interface Stretch {
  readonly kind: StretchKind;
  readonly at: number;
  readonly ms: number;
}

/** A failure of a host outside of any task. */
export interface HostFault {
  readonly kind: "unreachable" | "failed";
  readonly play: string;
  readonly at: number;
  readonly failure: Failure;
}

/** How a host left a play. */
export type HostEnd = Pick<EventOf<"host-end">, "play" | "status" | "remaining">;

interface OpenTask {
  readonly play: string;
  readonly title: string;
  readonly at: number;
  readonly changes: ShownChange[];
  readonly output: string[];
  droppedLines: number;
  /** For how long the state of all tasks was read meanwhile, which is not the task's own time. */
  readMs: number;
}

/** What one host did in a run. */
export class HostRecord {
  readonly name: string;
  readonly tasks: TaskRecord[] = [];
  readonly stretches: Stretch[] = [];
  readonly faults: HostFault[] = [];
  readonly ends: HostEnd[] = [];
  #play = "";
  #open: OpenTask | undefined;
  #stretch: Pick<Stretch, "kind" | "at"> | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** The host takes part in a play. */
  startPlay(play: string): void {
    this.#play = play;
  }

  /** Takes an event of the host, `at` milliseconds after the run began. */
  add(event: HostEvent, at: number): void {
    // The answers of a reading are part of it; whatever else happens ends a stretch.
    if (event.type !== "probe-task") this.#endStretch(at);
    switch (event.type) {
      case "host-connect":
        this.#stretch = { kind: "connect", at };
        return;
      case "facts":
        if (!event.cached) {
          this.stretches.push({ kind: "gather facts", at: at - event.ms, ms: event.ms });
        }
        return;
      case "probe":
        this.#stretch = { kind: "read state", at };
        return;
      case "task-start": {
        const { play, task: title } = event;
        this.#open = { play, title, at, changes: [], output: [], droppedLines: 0, readMs: 0 };
        return;
      }
      case "change":
        this.#open?.changes.push({ summary: event.summary });
        return;
      case "output":
        this.#print(event.line);
        return;
      case "retry":
        this.#print(`attempt ${event.attempt} of ${event.attempts} follows: ${event.reason}`);
        return;
      case "task-end":
        this.#endTask(event, at);
        return;
      case "unreachable":
      case "host-failed": {
        const kind = event.type === "unreachable" ? "unreachable" : "failed";
        this.faults.push({ kind, play: this.#play, at, failure: event.failure });
        return;
      }
      case "host-end":
        this.ends.push(event);
        this.close(at);
    }
  }

  /** The run is over: what is still open was interrupted. */
  close(at: number): void {
    this.#endStretch(at);
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const { readMs, ...task } = open;
    const began = open.at + readMs;
    this.tasks.push({ ...task, at: began, ms: at - began, status: "interrupted" });
  }

  /** What the engine's recap says, for a run that has none. */
  get recap(): HostRecap {
    const count = (status: TaskRecord["status"]): number =>
      this.tasks.filter((task) => task.status === status).length;
    const faults = (kind: HostFault["kind"]): number =>
      this.faults.filter((fault) => fault.kind === kind).length;
    return {
      ok: count("ok"),
      changed: count("changed"),
      failed: count("failed") + faults("failed"),
      unreachable: faults("unreachable"),
      skipped: count("skipped"),
      rescued: count("rescued"),
      ignored: count("ignored"),
    };
  }

  #endStretch(at: number): void {
    if (this.#stretch === undefined) return;
    const stretch = { ...this.#stretch, ms: at - this.#stretch.at };
    this.stretches.push(stretch);
    this.#stretch = undefined;
    if (this.#open !== undefined && stretch.kind === "read state") this.#open.readMs += stretch.ms;
  }

  #print(line: string): void {
    if (this.#open === undefined) return;
    const { output } = this.#open;
    output.push(line);
    if (output.length <= MAX_OUTPUT_LINES) return;
    output.shift();
    this.#open.droppedLines += 1;
  }

  #endTask(event: EventOf<"task-end">, at: number): void {
    const { play, task: title, status, changes, failure } = event;
    // One text a task: a task that was skipped has nothing else to tell.
    const report = event.report ?? event.reason;
    const { output = [], droppedLines = 0, readMs = 0 } = this.#open ?? {};
    const ms = Math.max(0, event.ms - readMs);
    this.#open = undefined;
    this.tasks.push({
      ...{ play, title, status, changes, ms, output, droppedLines },
      // A task that takes none of the host's time, because it is skipped, may end without a start.
      at: Math.max(0, at - ms),
      ...(report !== undefined && { report }),
      ...(failure !== undefined && { failure }),
    });
  }
}

/** What a run did, host by host: what reports are made of. Fed with the run's events as they come. */
export class RunRecord {
  readonly #now: () => number;
  #began = 0;
  #start: EventOf<"run-start"> | undefined;
  #recap: EventOf<"recap"> | undefined;
  #hosts: ReadonlyMap<string, HostRecord> = new Map();
  #lastAt = 0;

  /** @param now a clock in milliseconds since 1970 that is never put back */
  constructor(now: () => number) {
    this.#now = now;
  }

  readonly add = (event: RunEvent): void => {
    if (event.type === "run-start") {
      this.#start = event;
      this.#began = this.#now();
      this.#hosts = new Map(event.hosts.map((name) => [name, new HostRecord(name)]));
    }
    const at = this.#now() - this.#began;
    this.#lastAt = at;
    if (event.type === "play-start") {
      for (const name of event.hosts) this.#hosts.get(name)?.startPlay(event.play);
    }
    if ("host" in event) this.#hosts.get(event.host)?.add(event, at);
    if (event.type === "recap") this.#recap = event;
  };

  /** Nothing more will come. */
  close(): void {
    for (const host of this.#hosts.values()) host.close(this.#lastAt);
  }

  /** Whether a run has begun; the rest says nothing before that. */
  get begun(): boolean {
    return this.#start !== undefined;
  }

  get playbook(): string {
    return this.#start?.playbook ?? "";
  }

  get check(): boolean {
    return this.#start?.check ?? false;
  }

  /** When the run began. */
  get began(): Date {
    return new Date(this.#began);
  }

  /** How long the run took, in milliseconds. */
  get ms(): number {
    return this.#recap?.ms ?? this.#lastAt;
  }

  /** The run was stopped, or broke off without a recap. */
  get interrupted(): boolean {
    return this.#recap?.interrupted ?? true;
  }

  get hosts(): readonly HostRecord[] {
    return [...this.#hosts.values()];
  }

  recapOf(host: HostRecord): HostRecap {
    return this.#recap?.hosts[host.name] ?? host.recap;
  }
}
