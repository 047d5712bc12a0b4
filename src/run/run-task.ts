import type { Change, Task } from "../task.ts";
import { apply } from "./apply.ts";
import { bootIdOf, reconnect } from "./connect.ts";
import type { Failure, ShownChange, TaskStatus } from "./events.ts";
import { failureOf } from "./failure.ts";
import type { Answer, HostState } from "./host-state.ts";
import { readAhead } from "./read-ahead.ts";
import type { RunContext } from "./run-context.ts";

/** How a task ended on a host. */
export interface TaskOutcome {
  readonly status: TaskStatus;
  readonly changes: readonly ShownChange[];
  readonly report?: string;
  readonly failure?: Failure;
}

interface Reading {
  readonly state: unknown;
  readonly changes: readonly Change[];
  readonly report?: string;
}

const shown = (changes: readonly Change[]): readonly ShownChange[] =>
  changes.map(({ summary, diff }) => ({ summary, ...(diff !== undefined && { diff }) }));

/** Reads an answer and plans; a fault in either is the task's failure, with what it wants to report. */
const read = (task: Task, answer: Answer): Reading | TaskOutcome => {
  let report: string | undefined;
  try {
    if (answer instanceof Error) throw answer;
    const state = task.probe.parse(answer);
    report = task.report?.(state);
    return { state, changes: task.plan(state), ...(report !== undefined && { report }) };
  } catch (error) {
    const outcome = { status: "failed", changes: [], failure: failureOf(error) } as const;
    return report === undefined ? outcome : { ...outcome, report };
  }
};

const isOutcome = (reading: Reading | TaskOutcome): reading is TaskOutcome => "status" in reading;

const notTaken = (before: unknown, after: Reading): Failure => ({
  message: [
    "applied, but not in the desired state",
    `still to do: ${after.changes.map(({ summary }) => summary).join("; ")}`,
    `state before: ${JSON.stringify(before)}`,
    `state after:  ${JSON.stringify(after.state)}`,
  ].join("\n"),
  hint: "Something on the host undid the change, or the command did not do what it says. Run again with -v to see its output.",
});

/** What is needed to run one task on one host. */
export interface TaskRun {
  readonly host: HostState;
  readonly play: string;
  readonly task: Task;
  /** The play's tasks after this one, probed again in the same trip as a change. */
  readonly following: readonly Task[];
  readonly context: RunContext;
}

/** Applies the changes and gives the task's own second answer. */
const applyAndProbe = async (
  { host, task, following, context }: TaskRun,
  changes: readonly Change[],
): Promise<Answer | Failure> => {
  const { emit, signal } = context;
  const { session } = host;
  if (session === undefined) throw new Error(`no session to ${host.name}`);
  const boots = changes.some(({ mayDisconnect }) => mayDisconnect === "boots");
  const bootedFrom = boots ? await bootIdOf(session, context) : undefined;
  const applied = await apply({
    session,
    task,
    changes,
    following,
    signal,
    onChange: ({ summary }) => {
      emit({ type: "change", host: host.name, task: task.title, summary });
      // Counted when it starts: from here on, what was read before may no longer be true.
      context.changesMade += 1;
    },
    onLine: (line) => emit({ type: "output", host: host.name, task: task.title, line }),
  });
  if (applied.kind === "failed") return applied.failure;
  const probed = [task, ...following];
  host.answers =
    applied.kind === "applied"
      ? applied.answers
      : await readAhead(await reconnect(host, context, bootedFrom), probed, {
          signal,
          onProbe: () => {},
        });
  host.answersAsOf = context.changesMade;
  return host.answers.get(task) ?? { message: "the probe after the change gave no answer" };
};

/**
 * Brings one task to its declared state on one host, from an answer that was read ahead.
 *
 * @throws UnreachableError when the connection is lost, the signal's reason when it is aborted.
 */
export const runTask = async (run: TaskRun, answer: Answer): Promise<TaskOutcome> => {
  const { task, context } = run;
  const before = read(task, answer);
  if (isOutcome(before)) return before;
  const { changes } = before;
  const report = before.report === undefined ? {} : { report: before.report };
  if (changes.length === 0) return { status: "ok", changes: [], ...report };
  if (context.check) return { status: "changed", changes: shown(changes), ...report };

  const second = await applyAndProbe(run, changes);
  if ("message" in second && !(second instanceof Error)) {
    return { status: "failed", changes: shown(changes), failure: second };
  }
  const after = read(task, second);
  if (isOutcome(after)) return { ...after, changes: shown(changes) };
  if (after.changes.length > 0 && !task.unverified) {
    return { status: "failed", changes: shown(changes), failure: notTaken(before.state, after) };
  }
  return {
    status: "changed",
    changes: shown(changes),
    ...(after.report !== undefined && { report: after.report }),
  };
};
