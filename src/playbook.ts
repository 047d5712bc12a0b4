import type { Facts } from "./facts.ts";
import type { Contract, Groups, Peer, VarsOf } from "./inventory/contract.ts";
import type { TaskList } from "./task-list.ts";

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
}

/** How a play goes over its hosts. */
export interface PlayControl {
  /** Names for all its tasks, see `tagged()`. */
  readonly tags?: readonly string[];
  /**
   * So many hosts at a time go through the whole play before the next ones start: a number, a
   * percentage such as "30%", or a list of those, the last of which holds for the rest.
   */
  readonly serial?: number | `${number}%` | readonly (number | `${number}%`)[];
  /** The run ends after a batch of which more than this percentage failed or was unreachable. */
  readonly maxFailPercentage?: number;
}

/** One play: the tasks that the hosts of one group get. */
export type Play<G extends Groups> = {
  [K in keyof G & string]: PlayControl & {
    readonly name: string;
    /** The group. */
    readonly hosts: K;
    /** Pure. Called once a host before any host is touched, and again when facts are at hand. */
    readonly tasks: (scope: PlayScope<G, K>) => TaskList;
  };
}[keyof G & string];

/** A play without its types, as the engine sees it. */
export interface AnyPlay extends PlayControl {
  readonly name: string;
  readonly hosts: string;
  readonly tasks: (scope: PlayScope<Groups, string>) => TaskList;
}

/** Plays in order, and the contract that the inventory must keep. */
export interface Playbook {
  readonly kind: "weft-playbook";
  readonly contract: Contract;
  readonly plays: readonly AnyPlay[];
}

/**
 * Declares a playbook. The contract types every play: an unknown group or a misspelt variable
 * does not compile.
 */
export const playbook = <G extends Groups>(
  contract: Contract<G>,
  plays: readonly Play<G>[],
): Playbook => ({
  kind: "weft-playbook",
  contract: contract as unknown as Contract,
  // Every play got its scope's type from its own group; the engine hands each the scope of that group.
  plays: plays as unknown as readonly AnyPlay[],
});

/** Whether a value that a module exports is a playbook. */
export const isPlaybook = (value: unknown): value is Playbook =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "weft-playbook";
