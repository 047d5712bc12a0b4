import type { InventoryHost } from "../inventory/resolve.ts";
import { type Session, type Transport, UnreachableError } from "../ssh/transport.ts";
import type { Failure } from "./events.ts";
import { failureOf } from "./failure.ts";
import { pool } from "./pool.ts";

/** What came of a host, or why nothing did. */
export type HostOutcome<Value> =
  | { readonly kind: "done"; readonly value: Value }
  | { readonly kind: "failed" | "unreachable"; readonly failure: Failure };

interface OnHostsOptions {
  readonly transport: Transport;
  /** So many hosts are worked on at a time. */
  readonly forks: number;
  readonly signal: AbortSignal;
}

/**
 * Does one thing over a session to each host, side by side. Never rejects: a fault is the host's own.
 *
 * @returns outcomes by host name, in the order in which hosts were done
 */
export const onHosts = async <Value>(
  hosts: readonly InventoryHost[],
  { transport, forks, signal }: OnHostsOptions,
  work: (session: Session, host: InventoryHost) => Promise<Value>,
): Promise<ReadonlyMap<string, HostOutcome<Value>>> => {
  const outcomes = new Map<string, HostOutcome<Value>>();
  await pool(hosts, forks, async (host) => {
    let session: Session | undefined;
    try {
      signal.throwIfAborted();
      session = await transport.connect(host.connection, { signal });
      outcomes.set(host.name, { kind: "done", value: await work(session, host) });
    } catch (error) {
      const kind = error instanceof UnreachableError ? "unreachable" : "failed";
      outcomes.set(host.name, { kind, failure: failureOf(error) });
    } finally {
      await session?.close();
    }
  });
  return outcomes;
};
