import type { Facts, FactsCache } from "../facts.ts";
import type { InventoryHost } from "../inventory/resolve.ts";
import { type Transport, UnreachableError } from "../ssh/transport.ts";
import { readFacts } from "./connect.ts";
import type { Failure } from "./events.ts";
import { failureOf } from "./failure.ts";
import { pool } from "./pool.ts";

/** What a host told of itself, or why it did not. */
export type FactsAnswer =
  | { readonly kind: "facts"; readonly facts: Facts }
  | { readonly kind: "failed" | "unreachable"; readonly failure: Failure };

interface AskOptions {
  readonly transport: Transport;
  /** So many hosts are asked at a time. */
  readonly forks: number;
  readonly cache: FactsCache | undefined;
  readonly signal: AbortSignal;
}

const ask = async (
  { name, connection }: InventoryHost,
  { transport, cache, signal }: AskOptions,
): Promise<Facts> => {
  const known = cache?.get(name);
  if (known !== undefined) return known;
  const session = await transport.connect(connection, { signal });
  try {
    const facts = await readFacts(session, signal);
    cache?.set(name, facts);
    return facts;
  } finally {
    await session.close();
  }
};

/** Asks hosts for their facts, side by side; those that a cache knows are not asked. */
export const askFacts = async (
  hosts: readonly InventoryHost[],
  options: AskOptions,
): Promise<ReadonlyMap<string, FactsAnswer>> => {
  const answers = new Map<string, FactsAnswer>();
  await pool(hosts, options.forks, async (host) => {
    try {
      answers.set(host.name, { kind: "facts", facts: await ask(host, options) });
    } catch (error) {
      const kind = error instanceof UnreachableError ? "unreachable" : "failed";
      answers.set(host.name, { kind, failure: failureOf(error) });
    }
  });
  return answers;
};
