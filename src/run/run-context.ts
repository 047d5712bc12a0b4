import type { FactsCache } from "../facts.ts";
import type { Inventory } from "../inventory/resolve.ts";
import type { Playbook } from "../playbook.ts";
import type { Transport } from "../ssh/transport.ts";
import type { Emit } from "./events.ts";
import type { Selection } from "./select-tasks.ts";

/** What all hosts of a run share. */
export interface RunContext {
  readonly playbook: Playbook;
  readonly inventory: Inventory;
  readonly transport: Transport;
  /** Plan and show, apply nothing. */
  readonly check: boolean;
  /** So many hosts are worked on at a time. */
  readonly forks: number;
  /** Run the handlers of a host that failed, too. */
  readonly forceHandlers: boolean;
  readonly selection: Selection;
  /** Facts of earlier runs. */
  readonly factsCache?: FactsCache;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /**
   * Counts the changes made on any host. What was read ahead for a later play holds only while
   * this stands still: another host's change may have moved what this host sees.
   */
  changesMade: number;
}
