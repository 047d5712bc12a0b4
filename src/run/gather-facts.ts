import type { Become } from "../become.ts";
import { type Facts, factsProbe } from "../facts.ts";
import type { Session, Step } from "../ssh/transport.ts";
import type { CommandResult } from "../task.ts";
import type { HostState } from "./host-state.ts";
import { onHost } from "./on-host.ts";
import type { RunContext } from "./run-context.ts";

const FACTS_TIMEOUT_MS = 30_000;

const factsStep = (become?: Become): Step => ({
  command: factsProbe.command,
  timeoutMs: FACTS_TIMEOUT_MS,
  become,
});

const parsed = ([result]: readonly (CommandResult | undefined)[]): Facts => {
  if (result === undefined) throw new Error("the facts script was skipped");
  return factsProbe.parse(result);
};

/**
 * Asks a host for its facts, in one round trip.
 *
 * @param become who asks; default: who logged in
 */
export const readFacts = async (
  session: Session,
  signal: AbortSignal,
  become?: Become,
): Promise<Facts> => parsed(await session.run([factsStep(become)], { signal }));

/** Brings the host's facts, once a run: from the cache where one keeps them, else from the host. */
export const gatherFacts = async (host: HostState, context: RunContext): Promise<void> => {
  if (host.facts !== undefined) return;
  host.facts = context.factsCache?.get(host.name);
  if (host.facts !== undefined) {
    context.emit({ type: "facts", host: host.name, ms: 0, cached: true });
    return;
  }
  let began = performance.now();
  const before = host.remote.session;
  const read = async (session: Session): Promise<Facts> => {
    began = performance.now();
    // One that was there before asked for something else as it opened.
    const greeting = session === before ? undefined : session.greeting;
    return greeting ? parsed(await greeting) : readFacts(session, context.signal);
  };
  host.facts = await onHost(host.remote, context, read, { steps: [factsStep()] });
  const ms = Math.round(performance.now() - began);
  context.emit({ type: "facts", host: host.name, ms, cached: false });
  context.factsCache?.set(host.name, host.facts);
};
