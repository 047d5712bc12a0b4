import { buildTasks } from "./build-tasks.ts";
import type { HostRecap } from "./events.ts";
import { type HostState, newHostState } from "./host-state.ts";
import { pool } from "./pool.ts";
import type { RunContext } from "./run-context.ts";
import { runHost } from "./run-host.ts";

/** What a run came to. */
export interface RunResult {
  readonly hosts: Readonly<Record<string, HostRecap>>;
  readonly interrupted: boolean;
}

interface RunPlaybookOptions extends Omit<RunContext, "changesMade"> {
  /** The playbook's file, for messages. */
  readonly file: string;
  /** Names of the hosts that the run is limited to. */
  readonly limit: readonly string[];
}

/** The hosts of the run, with the tasks of every play that can be built without facts. */
const hostStates = ({ playbook, inventory, limit }: RunPlaybookOptions): readonly HostState[] =>
  inventory.hosts
    .filter(({ name }) => limit.includes(name))
    .map(({ name, connection }) => {
      const plays = playbook.plays.map((play) => {
        const member = inventory.groups.get(play.hosts)?.some((peer) => peer.name === name);
        return member ? buildTasks(play, name, inventory) : [];
      });
      return newHostState(name, connection, plays);
    });

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
  const states = hostStates(options).filter((host) =>
    playbook.plays.some((_, index) => inPlay(host, index)),
  );
  const context: RunContext = { ...options, changesMade: 0 };
  emit({
    type: "run-start",
    playbook: options.file,
    hosts: states.map(({ name }) => name),
    plays: playbook.plays.map(({ name }) => name),
    check: options.check,
  });
  try {
    for (const [index, play] of playbook.plays.entries()) {
      const hosts = states.filter((host) => host.status === "active" && inPlay(host, index));
      if (signal.aborted || hosts.length === 0) continue;
      emit({ type: "play-start", play: play.name, index, hosts: hosts.map(({ name }) => name) });
      await pool(hosts, forks, (host) => runHost(host, index, context));
      emit({ type: "play-end", play: play.name, index });
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
