import type * as z from "zod";
import type { Connection } from "../ssh/transport.ts";
import type { Contract, Groups } from "./contract.ts";

/** An inventory as it is written: not yet checked against its contract. */
export interface InventoryDefinition {
  readonly kind: "weft-inventory";
  readonly hosts: Readonly<Record<string, Connection>>;
  /** Group, then host, then that host's variables in the group. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What it was declared with, for verbs that have no playbook to ask. */
  readonly contract?: Contract;
  /** What to try where a host cannot be reached, such as how to start it. */
  readonly hint?: string;
  /** Why no run can begin on its hosts now; left out where one can. */
  readonly notReady?: string;
}

/** What {@link inventory} takes: hosts with their connections, groups with their members' variables. */
export interface InventorySpec<G extends Groups, Host extends string> {
  readonly hosts: Readonly<Record<Host, Connection>>;
  readonly groups: {
    readonly [K in keyof G]?: { readonly [Name in NoInfer<Host>]?: z.input<G[K]> };
  };
  readonly hint?: string;
  readonly notReady?: string | undefined;
}

/**
 * Declares a typed inventory. A group that the contract does not know, a variable that is
 * missing, misspelt or of the wrong type, and a member that is no host do not compile; the same
 * is checked again when the inventory is loaded.
 */
export const inventory = <G extends Groups, const Host extends string>(
  contract: Contract<G>,
  spec: InventorySpec<G, Host>,
): InventoryDefinition => ({
  kind: "weft-inventory",
  contract: contract as unknown as Contract,
  hosts: spec.hosts,
  groups: spec.groups as InventoryDefinition["groups"],
  ...(spec.hint !== undefined && { hint: spec.hint }),
  ...(spec.notReady !== undefined && { notReady: spec.notReady }),
});

/** Whether a value that a module exports is an inventory. */
export const isInventory = (value: unknown): value is InventoryDefinition =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "weft-inventory";
