import { setTimeout as sleep } from "node:timers/promises";
import { UnreachableError } from "../ssh/transport.ts";
import type { Task } from "../task.ts";
import type { Retry } from "../task-settings.ts";
import type { HostState } from "./host-state.ts";
import type { Done } from "./once-board.ts";
import type { PlayRun } from "./play-run.ts";
import { disconnect } from "./remote.ts";
import type { RunContext } from "./run-context.ts";
import { runTask, type TaskOutcome } from "./run-task.ts";
import type { TaskAnswers } from "./task-answers.ts";

/** A task that a host has come to. */
export interface DueTask {
  readonly task: Task;
  readonly host: HostState;
  readonly playRun: PlayRun;
  readonly context: RunContext;
  readonly answers: TaskAnswers;
  /** Tells it from the play's other tasks of the same title. */
  readonly key: string;
  /** The play's tasks after it that may be asked about in the same trip. */
  readonly following: readonly Task[];
  /** Those of later plays. */
  readonly later: readonly Task[];
}

const SKIPPED: TaskOutcome = { status: "skipped", changes: [] };

/** What it means for a host that another one did the task for all. */
const doneBy = ({ by, outcome }: Done): TaskOutcome =>
  outcome.status === "failed"
    ? {
        ...outcome,
        changes: [],
        failure: {
          ...outcome.failure,
          message: `${by}, which does this for all, failed: ${outcome.failure?.message ?? "no reason was given"}`,
        },
      }
    : {
        status: "skipped",
        changes: [],
        reason: `done once, on ${by}`,
        state: outcome.state,
        ...(outcome.output !== undefined && { output: outcome.output }),
      };

/** Does the task on the host that it is delegated to. */
const runDelegated = async (due: DueTask, to: string): Promise<TaskOutcome> => {
  const { task, host, playRun, context, answers } = due;
  const following = due.following.filter(({ settings }) => settings?.delegateTo === to);
  const delegate = context.delegates.get(to);
  const { remote } = delegate;
  return delegate.turn.run(async () => {
    try {
      const answer = await answers.delegated(task, following, delegate);
      const keep = answers.keepDelegated.bind(answers);
      const run = { host: host.name, play: playRun.index, remote, task, following, context, keep };
      const changesMade = context.changesMade;
      const outcome = await runTask(run, answer);
      // What was changed there, this host may see.
      if (context.changesMade !== changesMade) answers.forgetOwn();
      return outcome;
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      await disconnect(remote);
      const message = `${to}, to which this is delegated, is unreachable: ${error.message}`;
      const hint = error.hint === undefined ? {} : { hint: error.hint };
      return { status: "failed", changes: [], failure: { message, ...hint } };
    }
  });
};

/** Whether the host itself is asked about a task. */
export const isAsked = ({ settings = {} }: Task, host: HostState, { once }: PlayRun): boolean =>
  settings.delegateTo === undefined && (!settings.once || once.isFirst(host.name));

/** Does the task on its own host. */
const runOwn = async (due: DueTask): Promise<TaskOutcome> => {
  const { task, host, playRun, context, answers } = due;
  const mayAsk = (one: Task): boolean => isAsked(one, host, playRun);
  const following = due.following.filter(mayAsk);
  const answer = await answers.own(task, [...following, ...due.later.filter(mayAsk)]);
  const { remote } = host;
  const keep = answers.keepOwn.bind(answers);
  return runTask(
    { host: host.name, play: playRun.index, remote, task, following, context, keep },
    answer,
  );
};

const attempt = (due: DueTask): Promise<TaskOutcome> => {
  const to = due.task.settings?.delegateTo;
  return to === undefined ? runOwn(due) : runDelegated(due, to);
};

/** Why the task is not done yet; `undefined` where it is. */
const shortcoming = ({ status, failure, state }: TaskOutcome, retry: Retry): string | undefined => {
  if (status === "failed") return failure?.message ?? "no reason was given";
  return retry.until === undefined || retry.until(state) ? undefined : "not yet as wanted";
};

/** Tries until the task is done, or has been tried often enough. */
const attempts = async (due: DueTask, retry: Retry): Promise<TaskOutcome> => {
  const { task, host, context, answers } = due;
  const all = retry.retries + 1;
  let changed = false;
  for (let number = 1; ; number += 1) {
    const outcome = await attempt(due);
    changed ||= outcome.status === "changed";
    const reason = shortcoming(outcome, retry);
    if (reason === undefined) return changed ? { ...outcome, status: "changed" } : outcome;
    if (number === all) {
      if (outcome.status === "failed") return outcome;
      const message = `still not as wanted after ${all} attempts\nstate: ${JSON.stringify(outcome.state)}`;
      return { ...outcome, status: "failed", failure: { message } };
    }
    const { delayMs } = retry;
    context.emit({
      type: "retry",
      host: host.name,
      task: task.title,
      attempt: number + 1,
      attempts: all,
      delayMs,
      reason,
    });
    await sleep(delayMs, undefined, { signal: context.signal });
    answers.forget(task);
  }
};

/**
 * Does what is due of a task on a host: on whichever host, however often, when its turn has come.
 *
 * @throws UnreachableError when the host's own connection is lost, the signal's reason when it is aborted
 */
export const runDue = async (due: DueTask): Promise<TaskOutcome> => {
  const { task, host, playRun, context, answers, key } = due;
  const { once = false, throttle, retry } = task.settings ?? {};
  if (task.when === false) return SKIPPED;
  const question = { play: playRun.play.name, title: task.title };
  if (context.confirm !== undefined && !(await context.confirm(question))) return SKIPPED;
  if (once) {
    const done = await playRun.once.turn(host.name, key, context.signal);
    if (done !== undefined) {
      if (done.outcome.status === "changed") answers.forgetOwn();
      return doneBy(done);
    }
  }
  // A change that was only planned brings no state to wait for.
  const work =
    retry === undefined || context.check ? attempt : (it: DueTask) => attempts(it, retry);
  const outcome = await playRun.throttled(task.title, throttle, () => work(due));
  if (once) playRun.once.done(key, { by: host.name, outcome });
  return outcome;
};
