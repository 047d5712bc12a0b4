import {
  CommandTimeoutError,
  type Session,
  type Step,
  type StepListener,
  UnreachableError,
} from "../ssh/transport.ts";
import type { Change, CommandResult, Task } from "../task.ts";
import type { Failure } from "./events.ts";
import { failedChange, timedOut } from "./failure.ts";
import type { Answer } from "./host-state.ts";
import { probeStep, timeoutOf } from "./read-ahead.ts";

/** What applying a task's changes came to. */
export type Applied =
  /** All commands exited with 0; answers of the task's own probe and of those that follow. */
  | { readonly kind: "applied"; readonly answers: ReadonlyMap<Task, Answer> }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** The connection went while a change that may cut it was under way. */
  | { readonly kind: "disconnected" };

interface ApplyOptions {
  readonly session: Session;
  readonly task: Task;
  readonly changes: readonly Change[];
  /** Tasks to probe in the same trip, after the task itself. */
  readonly following: readonly Task[];
  readonly signal: AbortSignal;
  onChange(change: Change): void;
  onLine(line: string): void;
}

/** Runs a batch of changes and then probes, as one script in one trip. */
const runScript = async (
  options: ApplyOptions,
  batch: readonly Change[],
  probes: readonly Task[],
): Promise<Applied> => {
  const { session, signal, onChange, onLine } = options;
  const timeoutMs = timeoutOf(options.task);
  const steps: readonly Step[] = [
    ...batch.map(({ command }): Step => ({ command, timeoutMs, mustSucceed: true })),
    ...probes.map(probeStep),
  ];
  const answers = new Map<Task, Answer>();
  let failure: Failure | undefined;
  const onResult = (index: number, result: CommandResult | undefined): void => {
    const change = batch[index];
    const probed = probes[index - batch.length];
    if (result === undefined) return;
    if (change !== undefined && result.exitCode !== 0) failure = failedChange(change, result);
    if (probed !== undefined) answers.set(probed, result);
  };
  const listener: StepListener = {
    onStart: (index) => {
      const change = batch[index];
      if (change !== undefined) onChange(change);
    },
    // What a probe prints is for its parser.
    onLine: (index, line) => {
      if (index < batch.length) onLine(line);
    },
    onResult,
  };
  try {
    await session.run(steps, { listener, signal });
  } catch (error) {
    if (error instanceof CommandTimeoutError) {
      const change = batch[error.index];
      if (change !== undefined) return { kind: "failed", failure: timedOut(change, error) };
      const probed = probes[error.index - batch.length];
      if (probed !== undefined) answers.set(probed, error);
    } else if (error instanceof UnreachableError && batch.some((it) => it.mayDisconnect)) {
      return { kind: "disconnected" };
    } else throw error;
  }
  return failure === undefined ? { kind: "applied", answers } : { kind: "failed", failure };
};

/** Runs one change that reads a local file, on a channel of its own. */
const runStream = async (
  { session, task, signal, onChange, onLine }: ApplyOptions,
  change: Change,
  file: string,
): Promise<Failure | undefined> => {
  onChange(change);
  const step = { command: change.command, timeoutMs: timeoutOf(task) };
  try {
    const result = await session.stream(step, file, {
      signal,
      listener: { onLine: (_index, line) => onLine(line) },
    });
    return result.exitCode === 0 ? undefined : failedChange(change, result);
  } catch (error) {
    if (error instanceof CommandTimeoutError) return timedOut(change, error);
    throw error;
  }
};

/**
 * Applies a task's changes in order, stops at the first that fails, and probes the task and those
 * that follow in the same trip as the last change.
 *
 * @throws UnreachableError when the connection is lost, the signal's reason when it is aborted.
 */
export const apply = async (options: ApplyOptions): Promise<Applied> => {
  let batch: Change[] = [];
  for (const change of options.changes) {
    if (change.stdin === undefined) {
      batch.push(change);
      continue;
    }
    if (batch.length > 0) {
      const done = await runScript(options, batch, []);
      if (done.kind !== "applied") return done;
      batch = [];
    }
    const failure = await runStream(options, change, change.stdin.file);
    if (failure !== undefined) return { kind: "failed", failure };
  }
  return runScript(options, batch, [options.task, ...options.following]);
};
