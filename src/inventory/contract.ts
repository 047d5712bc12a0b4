import type * as z from "zod";

/** One zod schema a group: the variables that a host of that group must have. */
export type Groups = Readonly<Record<string, z.ZodType>>;

/** The variables of a group, as playbooks see them: parsed, defaults filled in. */
export type VarsOf<G extends Groups, K extends keyof G> = z.output<G[K]>;

/** A host as others see it: its name and its variables in one group. */
export interface Peer<Vars = unknown> {
  readonly name: string;
  readonly vars: Vars;
}

/** A fault that only shows when several hosts are looked at together. */
export interface CrossHostProblem {
  readonly host: string;
  /** Path of the field, such as `mesh.containers.0.nics.0.address`. */
  readonly field: string;
  readonly message: string;
}

/** All members of every group, for checks across hosts. */
export type Members<G extends Groups> = {
  readonly [K in keyof G]: readonly Peer<VarsOf<G, K>>[];
};

/** What an inventory must hold: groups with their variables, and what must be true across hosts. */
export interface Contract<G extends Groups = Groups> {
  readonly groups: G;
  /** Pure. Finds what no single host's schema can see, such as an address given twice. */
  check?(members: Members<G>): readonly CrossHostProblem[];
}

/**
 * Declares the contract between inventories and playbooks.
 *
 * @param groups one zod schema a group; its input type is what inventories write, its output type
 *   what playbooks read.
 * @param check finds faults across hosts.
 */
export const defineContract = <const G extends Groups>(
  groups: G,
  check?: (members: Members<G>) => readonly CrossHostProblem[],
): Contract<G> => ({ groups, ...(check && { check }) });
