import type { Change, Task } from "../task.ts";
import { apply } from "./apply.ts";
import { bootIdOf, reconnect } from "./connect.ts";
import type { Failure, ShownChange, TaskStatus } from "./events.ts";
import { failureOf } from "./failure.ts";
import type { Answer } from "./host-state.ts";
import { readAhead } from "./read-ahead.ts";
import type { Remote } from "./remote.ts";
import type { RunContext } from "./run-context.ts";

/** How a task ended on a host. */
export interface TaskOutcome {
  readonly status: Extract<TaskStatus, "ok" | "changed" | "failed" | "skipped">;
  readonly changes: readonly ShownChange[];
  readonly report?: string;
  readonly failure?: Failure;
  /** Why it was skipped. */
  readonly reason?: string;
  /** The state it left; missing where that is not known. */
  readonly state?: unknown;
  /** What its changes printed on standard output. */
  readonly output?: string;
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

const NOBODY_TO_ASK: Failure = {
  message: "it waits for Enter, and there is no terminal to ask on",
};

/** What is needed to run one task on one host. */
export interface TaskRun {
  /** The host that the task is due on. */
  readonly host: string;
  /** The host that it is done on. */
  readonly remote: Remote;
  /** Number of the play. */
  readonly play: number;
  readonly task: Task;
  /** The play's tasks after this one, probed again in the same trip as a change. */
  readonly following: readonly Task[];
  readonly context: RunContext;
  /** Keeps answers that came after a change. */
  keep(answers: ReadonlyMap<Task, Answer>): void;
}

/** What applying changes came to: the task's own second answer and what the changes printed. */
interface Applied {
  readonly answer: Answer;
  readonly output: string;
}

/** Applies the changes and asks again. */
const applyAndProbe = async (
  { host, remote, task, following, context, keep }: TaskRun,
  changes: readonly Change[],
): Promise<Applied | Failure> => {
  const { emit, signal } = context;
  const { session } = remote;
  if (session === undefined) throw new Error(`no session to ${remote.name}`);
  const boots = changes.some(({ mayDisconnect }) => mayDisconnect === "boots");
  const bootedFrom = boots ? await bootIdOf(session, context) : undefined;
  let output = "";
  const applied = await apply({
    session,
    remote,
    task,
    changes,
    following,
    signal,
    onChange: ({ summary }) => {
      emit({ type: "change", host, task: task.title, summary });
      // Counted when it starts: from here on, what was read before may no longer be true.
      context.changesMade += 1;
    },
    onLine: (line) => emit({ type: "output", host, task: task.title, line }),
    onChanged: ({ stdout }) => {
      output += stdout;
    },
  });
  if (applied.kind === "failed") return applied.failure;
  const answers =
    applied.kind === "applied"
      ? applied.answers
      : await readAhead([task, ...following], {
          remote,
          session: await reconnect(remote, context, bootedFrom),
          signal,
          onProbe: () => {},
        });
  keep(answers);
  const answer = answers.get(task) ?? new Error("the probe after the change gave no answer");
  return { answer, output };
};

/**
 * Brings one task to its declared state, from an answer that was read ahead.
 *
 * @throws UnreachableError when the connection is lost, the signal's reason when it is aborted.
 */
export const runTask = async (run: TaskRun, answer: Answer): Promise<TaskOutcome> => {
  const { host, play, task, context } = run;
  const before = read(task, answer);
  if (isOutcome(before)) return before;
  const { changes, state } = before;
  const report = before.report === undefined ? {} : { report: before.report };
  if (changes.length === 0) return { status: "ok", changes: [], state, ...report };
  const refusal = context.approve?.({ host, play, task, changes });
  if (refusal !== undefined) {
    return { status: "failed", changes: shown(changes), failure: refusal };
  }
  if (context.check) return { status: "changed", changes: shown(changes), ...report };

  if (task.acknowledge !== undefined) {
    if (context.acknowledge === undefined) {
      return { status: "failed", changes: shown(changes), failure: NOBODY_TO_ASK };
    }
    const name = context.playbook.plays[play]?.name ?? "";
    await context.acknowledge({ play: name, title: task.title, text: task.acknowledge });
  }

  const applied = await applyAndProbe(run, changes);
  if ("message" in applied) {
    return { status: "failed", changes: shown(changes), failure: applied };
  }
  const after = read(task, applied.answer);
  if (isOutcome(after)) return { ...after, changes: shown(changes) };
  if (after.changes.length > 0 && !task.unverified) {
    return { status: "failed", changes: shown(changes), failure: notTaken(state, after) };
  }
  return {
    status: "changed",
    changes: shown(changes),
    state: after.state,
    output: applied.output,
    ...(after.report !== undefined && { report: after.report }),
  };
};
