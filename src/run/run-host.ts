import { UnreachableError } from "../ssh/transport.ts";
import type { Task } from "../task.ts";
import { buildTasks } from "./build-tasks.ts";
import { connect, gatherFacts } from "./connect.ts";
import { failureOf } from "./failure.ts";
import type { Answer, HostState } from "./host-state.ts";
import { readAhead } from "./read-ahead.ts";
import type { RunContext } from "./run-context.ts";
import { runTask } from "./run-task.ts";

/** Builds what had to wait for the host's facts. */
const buildDeferred = async (host: HostState, context: RunContext): Promise<void> => {
  if (!host.plays.includes(undefined)) return;
  await gatherFacts(host, context);
  context.playbook.plays.forEach((play, index) => {
    host.plays[index] ??= buildTasks(play, host.name, context.inventory, host.facts);
  });
};

/**
 * The answer of a task: one read ahead if it still holds, otherwise the host is asked again, for
 * this task and all that follow in this play and, while nothing has changed, in the later ones.
 */
const answerOf = async (
  host: HostState,
  task: Task,
  following: readonly Task[],
  context: RunContext,
): Promise<Answer> => {
  const known = host.answers.get(task);
  if (known !== undefined) return known;
  const session = await connect(host, context);
  const tasks = [task, ...following];
  context.emit({ type: "probe", host: host.name, tasks: tasks.length });
  host.answersAsOf = context.changesMade;
  host.answers = await readAhead(session, tasks, {
    signal: context.signal,
    onProbe: ({ title }) => context.emit({ type: "probe-task", host: host.name, task: title }),
  });
  return host.answers.get(task) ?? new Error(`the probe of "${task.title}" gave no answer`);
};

const walk = async (host: HostState, index: number, context: RunContext): Promise<void> => {
  const play = context.playbook.plays[index]?.name ?? "";
  await connect(host, context);
  await buildDeferred(host, context);
  const tasks = host.plays[index] ?? [];
  const later = host.plays.slice(index + 1).flatMap((list) => list ?? []);
  // Another host may have changed since, and with it what this host would answer.
  if (host.answersAsOf !== context.changesMade) host.answers = new Map();
  context.emit({ type: "host-start", play, host: host.name, tasks: tasks.length });
  for (const [at, task] of tasks.entries()) {
    const began = performance.now();
    const common = { play, host: host.name, task: task.title, index: at };
    context.emit({ type: "task-start", ...common });
    const following = tasks.slice(at + 1);
    const answer = await answerOf(host, task, [...following, ...later], context);
    const outcome = await runTask({ host, play, task, following, context }, answer);
    host.counts[outcome.status] += 1;
    const ms = Math.round(performance.now() - began);
    context.emit({ type: "task-end", ...common, ...outcome, ms });
    if (outcome.status !== "failed") continue;
    host.status = "failed";
    context.emit({
      type: "host-end",
      play,
      host: host.name,
      status: "failed",
      remaining: tasks.length - at - 1,
    });
    return;
  }
  context.emit({ type: "host-end", play, host: host.name, status: "ok", remaining: 0 });
};

/**
 * Takes one host through one play. Never rejects: a fault is the host's own and shows in its state.
 */
export const runHost = async (
  host: HostState,
  index: number,
  context: RunContext,
): Promise<void> => {
  const play = context.playbook.plays[index]?.name ?? "";
  try {
    context.signal.throwIfAborted();
    await walk(host, index, context);
  } catch (error) {
    const common = { type: "host-end", play, host: host.name, remaining: 0 } as const;
    if (context.signal.aborted) {
      host.status = "interrupted";
      context.emit({ ...common, status: "interrupted" });
    } else if (error instanceof UnreachableError) {
      host.status = "unreachable";
      host.counts.unreachable += 1;
      context.emit({ type: "unreachable", host: host.name, failure: failureOf(error) });
      context.emit({ ...common, status: "unreachable" });
    } else {
      host.status = "failed";
      host.counts.failed += 1;
      context.emit({ type: "host-failed", host: host.name, failure: failureOf(error) });
      context.emit({ ...common, status: "failed" });
    }
  }
};
