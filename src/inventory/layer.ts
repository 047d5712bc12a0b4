import type { Connection } from "../ssh/transport.ts";
import type { InventoryDefinition } from "./inventory.ts";
import type { Vars } from "./value.ts";

/** What some variables say about reaching a host. */
export interface ConnectionSettings {
  /** Only what they say. */
  readonly connection: Partial<Connection>;
  /** What a connection by weft cannot honour, each a sentence that begins with file, host and field. */
  readonly refusals: readonly string[];
}

/** A host as Ansible knows it: its variables are its own, whatever groups they came by. */
export interface LayerHost extends ConnectionSettings {
  /** Where it was first named. */
  readonly file: string;
  readonly vars: Vars;
}

/** A typed inventory. */
export interface TypedLayer {
  readonly kind: "typed";
  readonly file: string;
  readonly definition: InventoryDefinition;
}

/** All Ansible inventories of one command line, merged by Ansible's own rules. */
export interface HostLayer {
  readonly kind: "hosts";
  readonly file: string;
  readonly hosts: ReadonlyMap<string, LayerHost>;
  /** All members of every group, `all` and `ungrouped` too. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly warnings: readonly string[];
}

/** One of the inventories that were given; a later one wins. */
export type Layer = TypedLayer | HostLayer;

/** Variables from the command line: they win over every inventory, for every host. */
export interface ExtraVars extends ConnectionSettings {
  readonly vars: Vars;
  /** Names that must mean something, as they were typed one by one; those of files need not. */
  readonly named: readonly string[];
}
