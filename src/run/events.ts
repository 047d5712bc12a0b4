import type { Diff } from "../task.ts";

/**
 * How a task ended on a host. "ignored": it failed, and the playbook says that this does not matter;
 * "rescued": it failed within a block that has a rescue, which runs next.
 */
export type TaskStatus = "ok" | "changed" | "failed" | "skipped" | "ignored" | "rescued";

/** What went wrong, in the parts that a reader needs; secrets are masked. */
export interface Failure {
  /** One or more sentences, no stack. */
  readonly message: string;
  /** The command that failed, where one did. */
  readonly command?: string;
  readonly exitCode?: number;
  /** The last lines that it printed. */
  readonly output?: string;
  /** What to try. */
  readonly hint?: string;
  /** Stack of the original error, shown with -vv only. */
  readonly stack?: string;
}

/** A change as it is shown: its summary and, where it has one, its diff. */
export interface ShownChange {
  readonly summary: string;
  readonly diff?: Diff;
}

/** Counts of one host over a whole run. */
export interface HostRecap {
  readonly ok: number;
  readonly changed: number;
  readonly failed: number;
  readonly unreachable: number;
  readonly skipped: number;
  readonly ignored: number;
  readonly rescued: number;
}

/**
 * Everything that a run says. The engine emits these and prints nothing; a renderer turns them
 * into rows, lines or JSON. `--output json` prints each as one line.
 */
export type RunEvent =
  | {
      readonly type: "run-start";
      readonly playbook: string;
      readonly hosts: readonly string[];
      readonly plays: readonly string[];
      readonly check: boolean;
    }
  | {
      readonly type: "play-start";
      readonly play: string;
      readonly index: number;
      readonly hosts: readonly string[];
    }
  | { readonly type: "host-connect"; readonly host: string }
  | { readonly type: "host-connected"; readonly host: string; readonly ms: number }
  /** The host's facts are at hand, after `ms`; "cached": an earlier run had asked for them. */
  | {
      readonly type: "facts";
      readonly host: string;
      readonly ms: number;
      readonly cached: boolean;
    }
  /** Another run has the host; this one waits for it. */
  | { readonly type: "host-busy"; readonly host: string; readonly by: string }
  /** The host starts on a play of so many tasks. */
  | {
      readonly type: "host-start";
      readonly play: string;
      readonly host: string;
      readonly tasks: number;
    }
  /** The host is being asked for the state of this many tasks at once. */
  | { readonly type: "probe"; readonly host: string; readonly tasks: number }
  /** Of those, the host is now at this one. */
  | { readonly type: "probe-task"; readonly host: string; readonly task: string }
  | {
      readonly type: "task-start";
      readonly play: string;
      readonly host: string;
      readonly task: string;
      /** From 0. */
      readonly index: number;
    }
  /** A change is being applied. */
  | {
      readonly type: "change";
      readonly host: string;
      readonly task: string;
      readonly summary: string;
    }
  /** One line that a running command printed. */
  | {
      readonly type: "output";
      readonly host: string;
      readonly task: string;
      readonly line: string;
    }
  | {
      readonly type: "task-end";
      readonly play: string;
      readonly host: string;
      readonly task: string;
      readonly index: number;
      readonly status: TaskStatus;
      readonly changes: readonly ShownChange[];
      /** Text that the task wants shown, such as verify's rows of the matrix. */
      readonly report?: string;
      readonly failure?: Failure;
      /** Why it was skipped, where that is not the playbook's own word. */
      readonly reason?: string;
      readonly ms: number;
    }
  | { readonly type: "unreachable"; readonly host: string; readonly failure: Failure }
  /** The host fails outside of any task, such as when its facts cannot be read. */
  | { readonly type: "host-failed"; readonly host: string; readonly failure: Failure }
  /**
   * The play has this many tasks for the host after all: what a block's rescue or a result of an
   * earlier task adds is known only when the host comes to it.
   */
  | { readonly type: "host-tasks"; readonly host: string; readonly tasks: number }
  /** A task failed, or is not yet where it shall be, and is tried again after a pause. */
  | {
      readonly type: "retry";
      readonly host: string;
      readonly task: string;
      /** The attempt that comes, from 2. */
      readonly attempt: number;
      readonly attempts: number;
      /** Milliseconds until then. */
      readonly delayMs: number;
      readonly reason: string;
    }
  /**
   * The host is through with the play; `remaining` tasks were not reached. "stopped": another host
   * failed, and the play says that this ends it for all.
   */
  | {
      readonly type: "host-end";
      readonly play: string;
      readonly host: string;
      readonly status: "ok" | "failed" | "unreachable" | "interrupted" | "stopped";
      readonly remaining: number;
    }
  | { readonly type: "play-end"; readonly play: string; readonly index: number }
  | {
      readonly type: "recap";
      readonly hosts: Readonly<Record<string, HostRecap>>;
      readonly ms: number;
      readonly check: boolean;
      readonly interrupted: boolean;
    };

/** Where events go. Never throws, never waits. */
export type Emit = (event: RunEvent) => void;
