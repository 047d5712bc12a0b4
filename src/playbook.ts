import type { Facts } from "./facts.ts";
import type { Contract, Groups, Peer, VarsOf } from "./inventory/contract.ts";
import { Problem } from "./problem.ts";
import type { Result } from "./result.ts";
import type { TaskList } from "./task-list.ts";
import type { Surroundings } from "./task-settings.ts";

/** What the tasks of one host may depend on. */
export interface PlayScope<G extends Groups, K extends keyof G & string> {
  /** The host that the tasks are for. */
  readonly host: string;
  /** Its variables in the play's group. */
  readonly vars: VarsOf<G, K>;
  /** All hosts of the play's group, whatever `--limit` says and whether or not they answer. */
  readonly hosts: readonly Peer<VarsOf<G, K>>[];
  /** All hosts of another group. */
  group<J extends keyof G & string>(name: J): readonly Peer<VarsOf<G, J>>[];
  /** What the host tells about itself. Reading it costs the host one round trip, once a run. */
  readonly facts: Facts;
  /** What hosts registered under a result in earlier plays, by host. */
  resultsOf<Value>(result: Result<Value>): ReadonlyMap<string, Value>;
  /** What one host registered under a result in an earlier play. Fails the host where there is none. */
  resultOf<Value>(result: Result<Value>, host: string): Value;
}

/** How a play goes over its hosts. */
export interface PlayControl extends Surroundings {
  /** Names for all its tasks, see `tagged()`. */
  readonly tags?: readonly string[];
  /**
   * So many hosts at a time go through the whole play before the next ones start: a number, a
   * percentage such as "30%", or a list of those, the last of which holds for the rest.
   */
  readonly serial?: number | `${number}%` | readonly (number | `${number}%`)[];
  /** The run ends after a batch of which more than this percentage failed or was unreachable. */
  readonly maxFailPercentage?: number;
  /** A host that fails or is unreachable ends the run: the others finish the task that they are at. */
  readonly anyErrorsFatal?: boolean;
}

/** Pure. Called once a host before any host is touched, and again when facts or results are at hand. */
type TasksFor<G extends Groups, K extends keyof G & string> = (scope: PlayScope<G, K>) => TaskList;

/** One play: the tasks that the hosts of one group get. */
export type Play<G extends Groups> = {
  [K in keyof G & string]: PlayControl & {
    readonly name: string;
    /** The group. */
    readonly hosts: K;
    /** Come first; their handlers run before `tasks`. */
    readonly pre?: TasksFor<G, K>;
    readonly tasks: TasksFor<G, K>;
    /** Come last, after the handlers of `tasks`. */
    readonly post?: TasksFor<G, K>;
  };
}[keyof G & string];

type AnyTasks = TasksFor<Groups, string>;

/** A play without its types, as the engine sees it. */
export interface AnyPlay extends PlayControl {
  readonly name: string;
  readonly hosts: string;
  readonly pre?: AnyTasks;
  readonly tasks: AnyTasks;
  readonly post?: AnyTasks;
}

type VariableOf<G extends Groups> = {
  [K in keyof G]: keyof VarsOf<G, K> & string;
}[keyof G];

/** What a playbook says of itself beside its plays. */
export interface PlaybookOptions<G extends Groups> {
  /**
   * Variables of the contract that are flags of this playbook's command line as well, each with a line of
   * help: `keepPackages` is `--keep-packages`, which says the same as `-e keepPackages=true`.
   */
  readonly options?: { readonly [Name in VariableOf<G>]?: string };
}

/** Plays in order, and the contract that the inventory must keep. */
export interface Playbook {
  readonly kind: "weft-playbook";
  readonly contract: Contract;
  readonly plays: readonly AnyPlay[];
  /** Variables that are flags as well, with their help. */
  readonly options: Readonly<Record<string, string>>;
}

/** The plays of another playbook, whose groups must be those of this contract. */
const playsOf = (other: Playbook, contract: Contract): readonly AnyPlay[] => {
  for (const { name, hosts } of other.plays) {
    if (contract.groups[hosts] === other.contract.groups[hosts]) continue;
    throw new Problem(
      `play "${name}" is for the group "${hosts}" of another contract than this playbook's`,
      { hint: "Playbooks that are put together share one contract, or its schemas." },
    );
  }
  return other.plays;
};

/**
 * Declares a playbook. The contract types every play: an unknown group or a misspelt variable
 * does not compile. Other playbooks may stand among the plays: theirs run in that place, and their
 * options are options of this one.
 *
 * @throws Problem where another playbook's plays are for groups that this contract does not have
 */
export const playbook = <G extends Groups>(
  contract: Contract<G>,
  plays: readonly (Play<G> | Playbook)[],
  { options = {} }: PlaybookOptions<G> = {},
): Playbook => {
  const own = contract as unknown as Contract;
  return {
    kind: "weft-playbook",
    contract: own,
    plays: plays.flatMap((item) =>
      // Every play got its scope's type from its own group; the engine hands each the scope of that group.
      isPlaybook(item) ? playsOf(item, own) : [item as unknown as AnyPlay],
    ),
    options: Object.assign(
      {},
      ...plays.map((item) => (isPlaybook(item) ? item.options : {})),
      options,
    ),
  };
};

/** Whether a value that a module exports is a playbook. */
export const isPlaybook = (value: unknown): value is Playbook =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "weft-playbook";
