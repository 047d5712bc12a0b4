import type { Facts } from "../facts.ts";
import type { CommandResult, Task } from "../task.ts";
import type { TaskResult } from "../task-list.ts";
import type { Built } from "./build-tasks.ts";
import type { HostRecap } from "./events.ts";
import type { Remote } from "./remote.ts";

type Counts = { -readonly [Key in keyof HostRecap]: HostRecap[Key] };

/** A probe's answer, or why there is none. */
export type Answer = CommandResult | Error;

/** What a task that ran on this host found out. */
export interface Finding {
  readonly state: unknown;
  readonly result: TaskResult;
}

/** What a run knows of one host. */
export interface HostState {
  readonly name: string;
  readonly remote: Remote;
  /** The tasks of each play, in the playbook's order, or what must be known before they are. */
  readonly plays: Built[];
  readonly counts: Counts;
  status: "active" | "failed" | "unreachable" | "interrupted" | "stopped";
  facts: Facts | undefined;
  /** Answers read ahead. */
  answers: ReadonlyMap<Task, Answer>;
  /** How many changes the whole run had made when the answers were asked for. */
  answersAsOf: number;
  /** Of its tasks so far, by the task as it was declared. */
  readonly findings: Map<Task, Finding>;
  /** True once the task to start at has been reached, or where there is none. */
  started: boolean;
}

/** Of a host that nothing was done on yet. */
export const noCounts = (): Counts => ({
  ok: 0,
  changed: 0,
  failed: 0,
  unreachable: 0,
  skipped: 0,
  ignored: 0,
  rescued: 0,
});

/** A host at the start of a run. */
export const newHostState = (
  remote: Remote,
  plays: Built[],
  { started }: Pick<HostState, "started">,
): HostState => ({
  name: remote.name,
  remote,
  plays,
  counts: noCounts(),
  status: "active",
  facts: undefined,
  answers: new Map(),
  answersAsOf: -1,
  findings: new Map(),
  started,
});
