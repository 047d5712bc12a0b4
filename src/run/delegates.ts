import type { Inventory } from "../inventory/resolve.ts";
import { type Remote, remoteTo } from "./remote.ts";
import { Semaphore } from "./semaphore.ts";

/** A host that others' tasks are done on. */
export interface Delegate {
  readonly remote: Remote;
  /** One at a time: what a task read there must hold until its changes are made. */
  readonly turn: Semaphore;
}

/** Hosts that tasks are delegated to, each with one session for all. */
export class Delegates {
  readonly #inventory: Inventory;
  readonly #delegates = new Map<string, Delegate>();

  constructor(inventory: Inventory) {
    this.#inventory = inventory;
  }

  /** @throws Error for a name that neither the inventory has nor is "localhost" */
  get(name: string): Delegate {
    const known = this.#delegates.get(name);
    if (known !== undefined) return known;
    const delegate = { remote: remoteTo(this.#hostCalled(name), false), turn: new Semaphore(1) };
    this.#delegates.set(name, delegate);
    return delegate;
  }

  /** Ends all sessions; never throws. */
  async close(): Promise<void> {
    await Promise.all([...this.#delegates.values()].map(({ remote }) => remote.session?.close()));
  }

  #hostCalled(name: string): Pick<Remote, "name" | "connection"> {
    const host = this.#inventory.hosts.find((one) => one.name === name);
    if (host !== undefined) return host;
    if (name !== "localhost") throw new Error(`the inventory has no host "${name}"`);
    return { name, connection: { connection: "local", address: name } };
  }
}
