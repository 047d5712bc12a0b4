import { withHandlers } from "../handlers.ts";
import { Problem } from "../problem.ts";
import { tasksOf } from "../task-list.ts";
import { batches } from "./batches.ts";
import { type Built, buildTasks } from "./build-tasks.ts";
import { Delegates } from "./delegates.ts";
import type { HostRecap } from "./events.ts";
import { type HostState, newHostState } from "./host-state.ts";
import { maskedEmit } from "./masked-emit.ts";
import { PlayRun } from "./play-run.ts";
import { pool } from "./pool.ts";
import { RegisteredResults } from "./registered-results.ts";
import { remoteTo } from "./remote.ts";
import type { RunContext } from "./run-context.ts";
import { runHost } from "./run-host.ts";
import {
  checkSelection,
  chosenTasks,
  fromTask,
  mayHoldMore,
  missedStart,
  type Selection,
} from "./select-tasks.ts";

/** What a run came to. */
export interface RunResult {
  readonly hosts: Readonly<Record<string, HostRecap>>;
  readonly interrupted: boolean;
}

/** What a run needs; see {@link RunContext}. */
export interface RunPlaybookOptions
  extends Omit<
    RunContext,
    "changesMade" | "selection" | "forceHandlers" | "results" | "delegates"
  > {
  /** Default: all tasks. */
  readonly selection?: Selection;
  /** Default: false. */
  readonly forceHandlers?: boolean;
  /** The playbook's file, for messages. */
  readonly file: string;
  /** Names of the hosts that the run is limited to. */
  readonly limit: readonly string[];
}

const isKnown = (built: Built): built is Extract<Built, { kind: "tasks" }> =>
  built.kind === "tasks";

/** The hosts of the run, with the tasks of every play that can be built before any host is asked. */
const hostStates = (
  { playbook, inventory, limit }: RunPlaybookOptions,
  selection: Selection,
): readonly HostState[] => {
  const hosts = inventory.hosts
    .filter(({ name }) => limit.includes(name))
    .map((host) => {
      const plays = playbook.plays.map((play): Built => {
        const member = inventory.groups.get(play.hosts)?.some(({ name }) => name === host.name);
        return member ? buildTasks(play, host.name, inventory) : { kind: "tasks", items: [] };
      });
      return { host, plays };
    });
  const all = hosts.flatMap(({ plays }) => plays);
  // What waits for facts or results is not known yet, and may hold what was asked for.
  if (all.every(isKnown)) {
    const tasks = all.flatMap(({ items }) => tasksOf(items, { rescues: true }));
    if (!all.some(({ items }) => mayHoldMore(items))) checkSelection(tasks, selection);
  }
  return hosts.map(({ host, plays }) => {
    const chosen = plays.map((built) =>
      isKnown(built) ? { ...built, items: chosenTasks(built.items, selection) } : built,
    );
    return newHostState(remoteTo(host), chosen, { started: selection.startAt === undefined });
  });
};

/** @throws Problem where a task waits for somebody, and nobody can be asked */
const refuseUnasked = (
  { check, acknowledge }: RunPlaybookOptions,
  states: readonly HostState[],
): void => {
  if (check || acknowledge !== undefined) return;
  const built = states.flatMap(({ plays }) => plays).filter(isKnown);
  const tasks = built.flatMap(({ items }) => tasksOf(items, { rescues: true }));
  const waits = withHandlers(tasks).find(
    (task) => task.acknowledge !== undefined && task.when !== false,
  );
  if (waits === undefined) return;
  throw new Problem(`"${waits.title}" waits for Enter, and there is no terminal to ask on`, {
    hint: "Run it on a terminal, or leave the task out: give it a tag for --skip-tags.",
  });
};

/** Whether so many hosts of a batch failed that the run must end. */
const isTooBroken = (batch: readonly HostState[], maxFailPercentage: number | undefined): boolean =>
  maxFailPercentage !== undefined &&
  (batch.filter(({ status }) => status !== "active").length / batch.length) * 100 >
    maxFailPercentage;

/** Whether a batch failed whole: what it was to try out is not for the hosts after it. */
const isLost = (batch: readonly HostState[], serial: unknown): boolean =>
  serial !== undefined &&
  batch.every(({ status }) => status === "failed" || status === "unreachable");

/** Whether the play has, or may come to have, something for the host. */
const inPlay = (host: HostState, index: number, { startAt }: Selection): boolean => {
  const built = host.plays[index];
  if (built === undefined) return false;
  if (!isKnown(built)) return true;
  if (host.started || startAt === undefined) return built.items.length > 0;
  return mayHoldMore(built.items) || fromTask(built.items, startAt).length > 0;
};

/**
 * Runs the plays in order, in each its hosts side by side. A host that fails or cannot be reached
 * drops out; the others go on. Emits everything it does and prints nothing.
 *
 * @throws Problem, before any host is touched, where a play's tasks cannot be built; where the task to
 * start at never came up, which some playbooks show only as they run
 */
export const runPlaybook = async (given: RunPlaybookOptions): Promise<RunResult> => {
  const options = { ...given, emit: maskedEmit(given.emit) };
  const { emit, forks, playbook, signal } = options;
  const began = performance.now();
  const selection = options.selection ?? { tags: [], skipTags: [] };
  const states = hostStates(options, selection).filter((host) =>
    playbook.plays.some((_, index) => inPlay(host, index, selection)),
  );
  refuseUnasked(options, states);
  const context: RunContext = {
    ...options,
    selection,
    forceHandlers: options.forceHandlers ?? false,
    results: new RegisteredResults(),
    delegates: new Delegates(options.inventory),
    changesMade: 0,
  };
  emit({
    type: "run-start",
    playbook: options.file,
    hosts: states.map(({ name }) => name),
    plays: playbook.plays.map(({ name }) => name),
    check: options.check,
  });
  try {
    plays: for (const [index, play] of playbook.plays.entries()) {
      const hosts = states.filter(
        (host) => host.status === "active" && inPlay(host, index, selection),
      );
      for (const batch of batches(hosts, play.serial)) {
        if (signal.aborted || batch.length === 0) continue;
        const names = batch.map(({ name }) => name);
        const playRun = new PlayRun(play, index, names);
        emit({ type: "play-start", play: play.name, index, hosts: names });
        await pool(batch, forks, (host) => runHost(host, playRun, context));
        emit({ type: "play-end", play: play.name, index });
        const isOver = isTooBroken(batch, play.maxFailPercentage) || isLost(batch, play.serial);
        // Where nothing is changed, there is nothing to keep the other hosts from.
        if (!options.check && (playRun.fatal || isOver)) break plays;
      }
    }
  } finally {
    await Promise.all([
      ...states.map(({ remote }) => remote.session?.close()),
      context.delegates.close(),
    ]);
  }
  const hosts = Object.fromEntries(states.map(({ name, counts }) => [name, { ...counts }]));
  const interrupted = signal.aborted;
  emit({
    type: "recap",
    hosts,
    ms: Math.round(performance.now() - began),
    check: options.check,
    interrupted,
  });
  const isStarted = states.some(({ started, status }) => started || status !== "active");
  // In check mode plays may be left out that depend on what is only planned.
  if (!isStarted && !interrupted && !options.check && selection.startAt !== undefined) {
    throw missedStart(selection.startAt);
  }
  return { hosts, interrupted };
};
