import { statSync } from "node:fs";
import {
  BecomeError,
  CommandTimeoutError,
  type Session,
  type Step,
  type StepListener,
  UnreachableError,
} from "../ssh/transport.ts";
import type { Change, CommandResult, Task } from "../task.ts";
import type { Failure } from "./events.ts";
import { failedChange, failureOf, timedOut } from "./failure.ts";
import type { Answer } from "./host-state.ts";
import { receiveFile } from "./receive-file.ts";
import type { Remote } from "./remote.ts";
import { changeStep, probeStep } from "./step.ts";
import { transferProgress } from "./transfer-progress.ts";

/** What applying a task's changes came to. */
export type Applied =
  /** All commands exited with 0; answers of the task's own probe and of those that follow. */
  | { readonly kind: "applied"; readonly answers: ReadonlyMap<Task, Answer> }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** The connection went while a change that may cut it was under way. */
  | { readonly kind: "disconnected" };

interface ApplyOptions {
  readonly session: Session;
  readonly remote: Remote;
  readonly task: Task;
  readonly changes: readonly Change[];
  /** Tasks to probe in the same trip, after the task itself. */
  readonly following: readonly Task[];
  readonly signal: AbortSignal;
  onChange(change: Change): void;
  onLine(line: string): void;
  /** A change is made, and this is what it said. */
  onChanged(result: CommandResult): void;
}

/** Runs a batch of changes and then probes, as one script in one trip. */
const runScript = async (
  options: ApplyOptions,
  batch: readonly Change[],
  probes: readonly Task[],
): Promise<Applied> => {
  const { session, remote, signal, onChange, onLine } = options;
  const steps: readonly Step[] = [
    ...batch.map(
      (change): Step => ({ ...changeStep(options.task, change, remote), mustSucceed: true }),
    ),
    ...probes.map((task) => probeStep(task, remote)),
  ];
  const answers = new Map<Task, Answer>();
  let failure: Failure | undefined;
  const onResult = (index: number, result: CommandResult | undefined): void => {
    const change = batch[index];
    const probed = probes[index - batch.length];
    if (result === undefined) return;
    if (change !== undefined && result.exitCode !== 0) failure = failedChange(change, result);
    else if (change !== undefined) options.onChanged(result);
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
    } else if (error instanceof BecomeError) {
      const probed = probes[error.index - batch.length];
      if (probed === undefined) return { kind: "failed", failure: failureOf(error) };
      answers.set(probed, error);
    } else if (error instanceof UnreachableError && batch.some((it) => it.mayDisconnect)) {
      return { kind: "disconnected" };
    } else throw error;
  }
  return failure === undefined ? { kind: "applied", answers } : { kind: "failed", failure };
};

/** How a change is made that reads or makes a local file; `undefined` for one that does not. */
const transferOf = (
  { session, remote, task, signal, onLine }: ApplyOptions,
  change: Change,
): (() => Promise<CommandResult>) | undefined => {
  const { stdin, stdout } = change;
  const step = changeStep(task, change, remote);
  const heard = { signal, listener: { onLine: (_index: number, line: string) => onLine(line) } };
  if (stdin) {
    return () => {
      const total = statSync(stdin.file).size;
      const onProgress = transferProgress({ total, verb: "sent", onLine });
      return session.stream(step, stdin.file, { ...heard, onProgress });
    };
  }
  if (stdout) {
    const onProgress = transferProgress({ total: stdout.bytes, verb: "received", onLine });
    return () => receiveFile(session, step, stdout, { ...heard, onProgress });
  }
  return undefined;
};

/** Makes such a change, on a channel of its own. */
const runTransfer = async (
  { onChange, onChanged }: ApplyOptions,
  change: Change,
  transfer: () => Promise<CommandResult>,
): Promise<Failure | undefined> => {
  onChange(change);
  try {
    const result = await transfer();
    if (result.exitCode !== 0) return failedChange(change, result);
    onChanged(result);
    return undefined;
  } catch (error) {
    if (error instanceof CommandTimeoutError) return timedOut(change, error);
    if (error instanceof BecomeError) return failureOf(error);
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
    const transfer = transferOf(options, change);
    if (transfer === undefined) {
      batch.push(change);
      continue;
    }
    if (batch.length > 0) {
      const done = await runScript(options, batch, []);
      if (done.kind !== "applied") return done;
      batch = [];
    }
    const failure = await runTransfer(options, change, transfer);
    if (failure !== undefined) return { kind: "failed", failure };
  }
  return runScript(options, batch, [options.task, ...options.following]);
};
