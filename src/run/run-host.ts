import { UnreachableError } from "../ssh/transport.ts";
import type { Task } from "../task.ts";
import { buildTasks } from "./build-tasks.ts";
import { connect, gatherFacts } from "./connect.ts";
import type { Failure } from "./events.ts";
import { failureOf } from "./failure.ts";
import type { Answer, HostState } from "./host-state.ts";
import { readAhead } from "./read-ahead.ts";
import type { RunContext } from "./run-context.ts";
import { runTask } from "./run-task.ts";
import { chosenTasks, fromStart } from "./select-tasks.ts";

/** Builds what had to wait for the host's facts. */
const buildDeferred = async (host: HostState, context: RunContext): Promise<void> => {
  if (!host.plays.includes(undefined)) return;
  await gatherFacts(host, context);
  const plays = context.playbook.plays.map((play, index) => {
    const tasks =
      host.plays[index] ?? buildTasks(play, host.name, context.inventory, host.facts) ?? [];
    return chosenTasks(tasks, context.selection);
  });
  host.plays.splice(0, plays.length, ...fromStart(plays, context.selection));
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

/** A list of tasks that one host goes through, and what it needs to know of the play around them. */
interface Walk {
  readonly host: HostState;
  readonly play: string;
  readonly tasks: readonly Task[];
  /** Tasks of later plays, to be read ahead together with these. */
  readonly later: readonly Task[];
  /** Number of the first of the tasks within the play. */
  readonly first: number;
  readonly context: RunContext;
}

/** Handlers that tasks asked for, by title: however often asked for, a handler runs once. */
type Notified = Map<string, Task>;

/** Goes through the tasks until one fails. Gives the number of tasks that were not reached. */
const walkTasks = async (walk: Walk, notified: Notified): Promise<number> => {
  const { host, play, tasks, later, first, context } = walk;
  for (const [at, task] of tasks.entries()) {
    const began = performance.now();
    const common = { play, host: host.name, task: task.title, index: first + at };
    context.emit({ type: "task-start", ...common });
    if (task.when === false) {
      host.counts.skipped += 1;
      context.emit({ type: "task-end", ...common, status: "skipped", changes: [], ms: 0 });
      continue;
    }
    const following = tasks.slice(at + 1).filter((next) => next.when !== false);
    const answer = await answerOf(host, task, [...following, ...later], context);
    const outcome = await runTask({ host, play, task, following, context }, answer);
    host.counts[outcome.status] += 1;
    const ms = Math.round(performance.now() - began);
    context.emit({ type: "task-end", ...common, ...outcome, ms });
    if (outcome.status === "failed") {
      host.status = "failed";
      return tasks.length - at - 1;
    }
    if (outcome.status !== "changed") continue;
    for (const handler of task.handlers ?? []) notified.set(handler.title, handler);
  }
  return 0;
};

const walkPlay = async (host: HostState, index: number, context: RunContext): Promise<void> => {
  const play = context.playbook.plays[index]?.name ?? "";
  await connect(host, context);
  await buildDeferred(host, context);
  const tasks = host.plays[index] ?? [];
  const later = host.plays
    .slice(index + 1)
    .flatMap((list) => list ?? [])
    .filter((task) => task.when !== false);
  // Another host may have changed since, and with it what this host would answer.
  if (host.answersAsOf !== context.changesMade) host.answers = new Map();
  context.emit({ type: "host-start", play, host: host.name, tasks: tasks.length });
  const notified: Notified = new Map();
  const walk = { host, play, context, later, first: 0 };
  const remaining = await walkTasks({ ...walk, tasks }, notified);
  if (host.status === "active" || context.forceHandlers) {
    const handlers = [...notified.values()];
    await walkTasks({ ...walk, tasks: handlers, later: [], first: tasks.length }, new Map());
  }
  const status = host.status === "active" ? "ok" : "failed";
  context.emit({ type: "host-end", play, host: host.name, status, remaining });
};

/** With what the inventory says about its hosts, where this one never answered. */
const unreachableFailure = (
  error: UnreachableError,
  { session }: HostState,
  { inventory }: RunContext,
): Failure => {
  const failure = failureOf(error);
  if (session !== undefined || inventory.hint === undefined) return failure;
  const hints = [failure.hint, inventory.hint].filter((hint) => hint !== undefined);
  return { ...failure, hint: hints.join("\n") };
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
    await walkPlay(host, index, context);
  } catch (error) {
    const common = { type: "host-end", play, host: host.name, remaining: 0 } as const;
    if (context.signal.aborted) {
      host.status = "interrupted";
      context.emit({ ...common, status: "interrupted" });
    } else if (error instanceof UnreachableError) {
      host.status = "unreachable";
      host.counts.unreachable += 1;
      const failure = unreachableFailure(error, host, context);
      context.emit({ type: "unreachable", host: host.name, failure });
      context.emit({ ...common, status: "unreachable" });
    } else {
      host.status = "failed";
      host.counts.failed += 1;
      context.emit({ type: "host-failed", host: host.name, failure: failureOf(error) });
      context.emit({ ...common, status: "failed" });
    }
  }
};
