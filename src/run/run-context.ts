import type { FactsCache } from "../facts.ts";
import type { Inventory } from "../inventory/resolve.ts";
import type { Playbook } from "../playbook.ts";
import type { LockHolder, Transport } from "../ssh/transport.ts";
import type { Change, Task } from "../task.ts";
import type { Delegates } from "./delegates.ts";
import type { Emit, Failure } from "./events.ts";
import type { RegisteredResults } from "./registered-results.ts";
import type { Resume } from "./resume.ts";
import type { Selection } from "./select-tasks.ts";

/** What a run may ask of whoever started it. */
export interface RunHooks {
  /** Asked before each task; `false` skips it, for all hosts that have one of this title. */
  readonly confirm?: (task: { readonly play: string; readonly title: string }) => Promise<boolean>;
  /**
   * Asked before the changes of a task that wants somebody's word for it. Left out where nobody can
   * be asked: such tasks are then refused.
   */
  readonly acknowledge?: (wait: {
    readonly play: string;
    readonly title: string;
    readonly text: string;
  }) => Promise<void>;
  /** Told the changes before they are made, or shown in check mode; may refuse them. */
  readonly approve?: (planned: PlannedChanges) => Failure | undefined;
  /** What an earlier run finished, which this one goes on with. */
  readonly resume?: Resume;
  /** Default: no host is locked. Check mode needs none. */
  readonly lock?: RunLock;
}

/** Keeps other runs off the hosts of this one. */
export interface RunLock {
  /** Tells others who has a host. */
  readonly label: string;
  /** Milliseconds to wait for a host that another run has. */
  readonly waitMs: number;
  /** Who that other run is, in words. */
  describe(holder: LockHolder): string;
  /** Whether that other run is known to be dead. */
  isDead(holder: LockHolder): boolean;
}

/** Changes that a task is about to make. */
export interface PlannedChanges {
  readonly host: string;
  /** Number of the play. */
  readonly play: number;
  readonly task: Task;
  readonly changes: readonly Change[];
}

/** What all hosts of a run share. */
export interface RunContext extends RunHooks {
  readonly playbook: Playbook;
  readonly inventory: Inventory;
  readonly transport: Transport;
  /** Plan and show, apply nothing. */
  readonly check: boolean;
  /** So many hosts are worked on at a time. */
  readonly forks: number;
  /** Run the handlers of a host that failed, too. */
  readonly forceHandlers: boolean;
  readonly selection: Selection;
  /** Facts of earlier runs. */
  readonly factsCache?: FactsCache;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly results: RegisteredResults;
  readonly delegates: Delegates;
  /**
   * Counts the changes made on any host. What was read ahead for a later play, or on a host that
   * a task is delegated to, holds only while this stands still: another host's change may have
   * moved what is seen.
   */
  changesMade: number;
}
