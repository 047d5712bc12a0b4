import { batches } from "./batches.ts";
import { buildTasks } from "./build-tasks.ts";
import type { HostRecap } from "./events.ts";
import { type HostState, newHostState } from "./host-state.ts";
import { pool } from "./pool.ts";
import type { RunContext } from "./run-context.ts";
import { runHost } from "./run-host.ts";
import { checkSelection, chosenTasks, fromStart, type Selection } from "./select-tasks.ts";

/** What a run came to. */
export interface RunResult {
  readonly hosts: Readonly<Record<string, HostRecap>>;
  readonly interrupted: boolean;
}

interface RunPlaybookOptions
  extends Omit<RunContext, "changesMade" | "selection" | "forceHandlers"> {
  /** Default: all tasks. */
  readonly selection?: Selection;
  /** Default: false. */
  readonly forceHandlers?: boolean;
  /** The playbook's file, for messages. */
  readonly file: string;
  /** Names of the hosts that the run is limited to. */
  readonly limit: readonly string[];
}

/** The hosts of the run, with the tasks of every play that can be built without facts. */
const hostStates = (
  { playbook, inventory, limit }: RunPlaybookOptions,
  selection: Selection,
): readonly HostState[] => {
  const built = inventory.hosts
    .filter(({ name }) => limit.includes(name))
    .map(({ name, connection }) => {
      const plays = playbook.plays.map((play) => {
        const member = inventory.groups.get(play.hosts)?.some((peer) => peer.name === name);
        return member ? buildTasks(play, name, inventory) : [];
      });
      return { name, connection, plays };
    });
  // What waits for facts is not known yet, and may hold what was asked for.
  if (built.every(({ plays }) => !plays.includes(undefined))) {
    checkSelection(
      built.flatMap(({ plays }) => plays.flatMap((tasks) => tasks ?? [])),
      selection,
    );
  }
  return built.map(({ name, connection, plays }) => {
    const known = plays.every((tasks) => tasks !== undefined);
    const chosen = plays.map((tasks) => tasks && chosenTasks(tasks, selection));
    return newHostState(name, connection, [...(known ? fromStart(chosen, selection) : chosen)]);
  });
};

/** Whether so many hosts of a batch failed that the run must end. */
const isTooBroken = (batch: readonly HostState[], maxFailPercentage: number | undefined): boolean =>
  maxFailPercentage !== undefined &&
  (batch.filter(({ status }) => status !== "active").length / batch.length) * 100 >
    maxFailPercentage;

const inPlay = (host: HostState, index: number): boolean =>
  host.plays[index] === undefined || host.plays[index].length > 0;

/**
 * Runs the plays in order, in each its hosts side by side. A host that fails or cannot be reached
 * drops out; the others go on. Emits everything it does and prints nothing.
 *
 * @throws Problem, before any host is touched, where a play's tasks cannot be built.
 */
export const runPlaybook = async (options: RunPlaybookOptions): Promise<RunResult> => {
  const { emit, forks, playbook, signal } = options;
  const began = performance.now();
  const selection = options.selection ?? { tags: [], skipTags: [] };
  const states = hostStates(options, selection).filter((host) =>
    playbook.plays.some((_, index) => inPlay(host, index)),
  );
  const context: RunContext = {
    ...options,
    selection,
    forceHandlers: options.forceHandlers ?? false,
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
      const hosts = states.filter((host) => host.status === "active" && inPlay(host, index));
      for (const batch of batches(hosts, play.serial)) {
        if (signal.aborted || batch.length === 0) continue;
        emit({ type: "play-start", play: play.name, index, hosts: batch.map(({ name }) => name) });
        await pool(batch, forks, (host) => runHost(host, index, context));
        emit({ type: "play-end", play: play.name, index });
        if (isTooBroken(batch, play.maxFailPercentage)) break plays;
      }
    }
  } finally {
    await Promise.all(states.map(({ session }) => session?.close()));
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
  return { hosts, interrupted };
};
