import type { JumpHost } from "./jump-host.ts";

/** A share in a jump host. */
export interface JumpLease {
  readonly host: Promise<JumpHost>;
  /**
   * Gives the share back; the last one ends the connection.
   *
   * @param lingerMs milliseconds to wait for another one that may need it
   */
  release(lingerMs?: number): Promise<void>;
}

interface Shared {
  readonly host: Promise<JumpHost>;
  readonly opening: AbortController;
  leases: number;
}

/** One connection to each jump host, for all hosts behind it. */
export class JumpHosts {
  readonly #shared = new Map<string, Shared>();

  /**
   * @param key what tells one way to a jump host from another
   * @param open makes the connection, where there is none yet
   */
  lease(key: string, open: (signal: AbortSignal) => Promise<JumpHost>): JumpLease {
    const shared = this.#shared.get(key) ?? this.#open(key, open);
    shared.leases += 1;
    let released = false;
    return {
      host: shared.host,
      release: async (lingerMs = 0) => {
        if (released) return;
        released = true;
        if (lingerMs > 0) await new Promise((resolve) => setTimeout(resolve, lingerMs));
        shared.leases -= 1;
        if (shared.leases === 0) await this.#close(key, shared);
      },
    };
  }

  #open(key: string, open: (signal: AbortSignal) => Promise<JumpHost>): Shared {
    const opening = new AbortController();
    const shared: Shared = { host: open(opening.signal), opening, leases: 0 };
    this.#shared.set(key, shared);
    const forget = () => this.#forget(key, shared);
    // Whoever comes after a loss gets a new connection.
    shared.host.then((host) => host.closed.then(forget), forget);
    return shared;
  }

  async #close(key: string, shared: Shared): Promise<void> {
    this.#forget(key, shared);
    shared.opening.abort(new Error("no host needs the jump host any more"));
    const host = await shared.host.catch(() => undefined);
    await host?.close();
  }

  #forget(key: string, shared: Shared): void {
    if (this.#shared.get(key) === shared) this.#shared.delete(key);
  }
}
