import { setTimeout as sleep } from "node:timers/promises";
import { factsProbe } from "../facts.ts";
import { type Session, UnreachableError } from "../ssh/transport.ts";
import type { HostState } from "./host-state.ts";
import type { RunContext } from "./run-context.ts";

const FACTS_TIMEOUT_MS = 30_000;
/** How long a host whose connection a change may have cut is tried again. */
const RECONNECT_FOR_MS = 60_000;
const RECONNECT_PAUSE_MS = 1_000;

/** Opens the host's session where there is none, and gathers facts where a play waits for them. */
export const connect = async (host: HostState, context: RunContext): Promise<Session> => {
  if (host.session !== undefined) return host.session;
  context.emit({ type: "host-connect", host: host.name });
  const began = performance.now();
  host.session = await context.transport.connect(host.connection, { signal: context.signal });
  context.emit({
    type: "host-connected",
    host: host.name,
    ms: Math.round(performance.now() - began),
  });
  return host.session;
};

/** Asks the host for its facts, once a run. One round trip. */
export const gatherFacts = async (host: HostState, context: RunContext): Promise<void> => {
  if (host.facts !== undefined) return;
  const session = await connect(host, context);
  const step = { command: factsProbe.command, timeoutMs: FACTS_TIMEOUT_MS };
  const [result] = await session.run([step], { signal: context.signal });
  if (result === undefined) throw new Error("the facts script was skipped");
  host.facts = factsProbe.parse(result);
};

/**
 * Reaches a host again after a change that may have cut its connection.
 *
 * @throws UnreachableError, the last attempt's, after a minute.
 */
export const reconnect = async (host: HostState, context: RunContext): Promise<Session> => {
  await host.session?.close();
  host.session = undefined;
  const deadline = performance.now() + RECONNECT_FOR_MS;
  for (;;) {
    try {
      return await connect(host, context);
    } catch (error) {
      if (!(error instanceof UnreachableError) || performance.now() > deadline) throw error;
      await sleep(RECONNECT_PAUSE_MS, undefined, { signal: context.signal });
    }
  }
};
