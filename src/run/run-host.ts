import { UnreachableError } from "../ssh/transport.ts";
import type { Task } from "../task.ts";
import { type TaskItem, tasksOf } from "../task-list.ts";
import { buildTasks, NoResult } from "./build-tasks.ts";
import { connect } from "./connect.ts";
import type { Failure, RunEvent } from "./events.ts";
import { failureOf } from "./failure.ts";
import { gatherFacts } from "./gather-facts.ts";
import type { HostState } from "./host-state.ts";
import { HostWalk, StoppedError } from "./host-walk.ts";
import type { PlayRun } from "./play-run.ts";
import type { RunContext } from "./run-context.ts";
import { chosenTasks, fromTask } from "./select-tasks.ts";

/** Builds what had to wait for the host's facts, or for what hosts registered in earlier plays. */
const buildDeferred = async (
  host: HostState,
  current: number,
  context: RunContext,
): Promise<void> => {
  const { inventory, playbook, results, selection } = context;
  if (host.plays.some((built) => built.kind === "needs" && built.what === "facts")) {
    await gatherFacts(host, context);
  }
  for (const [index, play] of playbook.plays.entries()) {
    const before = host.plays[index];
    if (before?.kind !== "needs") continue;
    const known = (registered: boolean) => ({
      facts: host.facts,
      // Plays are barriers: only the present one sees what earlier ones registered.
      ...(registered && { results: results.all }),
    });
    let built = buildTasks(play, host.name, inventory, known(index === current));
    if (built.kind === "needs" && built.what === "facts" && index === current) {
      await gatherFacts(host, context);
      built = buildTasks(play, host.name, inventory, known(true));
    }
    host.plays[index] =
      built.kind === "needs" ? built : { ...built, items: chosenTasks(built.items, selection) };
  }
};

/** The play's items from the task to start at on, if that is still to come. */
const startedItems = (
  host: HostState,
  items: readonly TaskItem[],
  { selection }: RunContext,
): readonly TaskItem[] => {
  if (host.started || selection.startAt === undefined) return items;
  const rest = fromTask(items, selection.startAt);
  host.started = rest.length > 0;
  return rest;
};

const itemsOf = (built: HostState["plays"][number] | undefined): readonly TaskItem[] =>
  built?.kind === "tasks" ? built.items : [];

/** Tasks of later plays that may be read ahead. */
const laterTasks = (host: HostState, index: number): readonly Task[] =>
  host.plays
    .slice(index + 1)
    .flatMap((built) => tasksOf(itemsOf(built), { rescues: false }))
    .filter((task) => task.when !== false);

/** What a play's walk leaves to tell, however it ends. */
interface Progress {
  walk?: HostWalk;
}

const walkPlay = async (
  host: HostState,
  playRun: PlayRun,
  context: RunContext,
  progress: Progress,
): Promise<void> => {
  const { index, play } = playRun;
  // Facts are asked for as the session opens.
  await buildDeferred(host, index, context);
  const all = itemsOf(host.plays[index]);
  const items = startedItems(host, all, context);
  const due = new Set(tasksOf(items, { rescues: true }));
  const passed = tasksOf(all, { rescues: true }).filter((task) => !due.has(task));
  // Another host may have changed since, and with it what this host would answer.
  if (host.answersAsOf !== context.changesMade) host.answers = new Map();
  const later = laterTasks(host, index);
  const walk = new HostWalk(items, { host, playRun, context, later, passed });
  // A run that is gone on with may have nothing left to do here.
  if (context.resume === undefined && host.remote.session === undefined) {
    await connect(host.remote, context, { greeting: walk.greeting() });
  }
  progress.walk = walk;
  const tasks = walk.remaining;
  context.emit({ type: "host-start", play: play.name, host: host.name, tasks });
  const well = await walk.run();
  if (!well) host.status = "failed";
  context.emit({
    type: "host-end",
    play: play.name,
    host: host.name,
    status: well ? "ok" : "failed",
    remaining: well ? 0 : walk.remaining,
  });
};

/** With what the inventory says about its hosts, where this one never answered. */
const unreachableFailure = (
  error: UnreachableError,
  { remote }: HostState,
  { inventory }: RunContext,
): Failure => {
  const failure = failureOf(error);
  if (remote.session !== undefined || inventory.hint === undefined) return failure;
  const hints = [failure.hint, inventory.hint].filter((hint) => hint !== undefined);
  return { ...failure, hint: hints.join("\n") };
};

/** In check mode nothing is registered by what would change: what depends on it is not known yet. */
const isUnknownInCheck = (error: unknown, { check }: RunContext): error is NoResult =>
  check && error instanceof NoResult;

/** How a play that did not go through ends for the host: its status, and what there is to tell. */
const faultOf = (
  error: unknown,
  host: HostState,
  context: RunContext,
): { readonly status: Exclude<HostState["status"], "active">; readonly event?: RunEvent } => {
  if (context.signal.aborted) return { status: "interrupted" };
  if (error instanceof StoppedError) return { status: "stopped" };
  if (error instanceof UnreachableError) {
    host.counts.unreachable += 1;
    const failure = unreachableFailure(error, host, context);
    return { status: "unreachable", event: { type: "unreachable", host: host.name, failure } };
  }
  host.counts.failed += 1;
  const failure = failureOf(error);
  return { status: "failed", event: { type: "host-failed", host: host.name, failure } };
};

/**
 * Takes one host through one play. Never rejects: a fault is the host's own and shows in its state.
 */
export const runHost = async (
  host: HostState,
  playRun: PlayRun,
  context: RunContext,
): Promise<void> => {
  const { play } = playRun;
  const progress: Progress = {};
  try {
    context.signal.throwIfAborted();
    await walkPlay(host, playRun, context, progress);
  } catch (error) {
    const known = itemsOf(host.plays[playRun.index]);
    const remaining = progress.walk?.remaining ?? tasksOf(known, { rescues: false }).length;
    const end = { type: "host-end", play: play.name, host: host.name, remaining } as const;
    if (isUnknownInCheck(error, context)) {
      context.emit({ type: "host-start", play: play.name, host: host.name, tasks: 0 });
      context.emit({ ...end, status: "ok" });
      return;
    }
    const { status, event } = faultOf(error, host, context);
    host.status = status;
    if (status === "failed" || status === "unreachable") playRun.failed();
    if (event !== undefined) context.emit(event);
    context.emit({ ...end, status });
  } finally {
    playRun.once.leave(host.name);
  }
};
