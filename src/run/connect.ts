import { setTimeout as sleep } from "node:timers/promises";
import { type Facts, factsProbe } from "../facts.ts";
import { sh } from "../shell/command.ts";
import { type Session, UnreachableError } from "../ssh/transport.ts";
import type { HostState } from "./host-state.ts";
import type { RunContext } from "./run-context.ts";

const FACTS_TIMEOUT_MS = 30_000;
/** How long a host whose connection a change may have cut is tried again. */
const RECONNECT_FOR_MS = 60_000;
/** How long a host that boots is tried again: servers test their memory first. */
const BOOT_FOR_MS = 600_000;
const RECONNECT_PAUSE_MS = 1_000;
const BOOT_ID_TIMEOUT_MS = 10_000;

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

/** Asks a host for its facts. One round trip. */
export const readFacts = async (session: Session, signal: AbortSignal): Promise<Facts> => {
  const step = { command: factsProbe.command, timeoutMs: FACTS_TIMEOUT_MS };
  const [result] = await session.run([step], { signal });
  if (result === undefined) throw new Error("the facts script was skipped");
  return factsProbe.parse(result);
};

/** Brings the host's facts, once a run: from the cache where one keeps them, else from the host. */
export const gatherFacts = async (host: HostState, context: RunContext): Promise<void> => {
  if (host.facts !== undefined) return;
  host.facts = context.factsCache?.get(host.name);
  if (host.facts !== undefined) return;
  host.facts = await readFacts(await connect(host, context), context.signal);
  context.factsCache?.set(host.name, host.facts);
};

/** The kernel's name of the host's present boot: random(4). */
export const bootIdOf = async (session: Session, context: RunContext): Promise<string> => {
  const step = { command: sh`cat /proc/sys/kernel/random/boot_id`, timeoutMs: BOOT_ID_TIMEOUT_MS };
  const [result] = await session.run([step], { signal: context.signal });
  const id = result?.stdout.trim();
  if (!id) throw new Error(`the host does not tell its boot id: ${result?.stderr.trim()}`);
  return id;
};

/**
 * Reaches a host again after a change that may have cut its connection, or that boots it: then the
 * boot that the host was in does not count, for sshd may go on answering while the host goes down.
 *
 * @throws UnreachableError, the last attempt's, after a minute, or ten minutes for a boot.
 */
export const reconnect = async (
  host: HostState,
  context: RunContext,
  bootedFrom?: string,
): Promise<Session> => {
  const limit = bootedFrom === undefined ? RECONNECT_FOR_MS : BOOT_FOR_MS;
  const deadline = performance.now() + limit;
  for (;;) {
    await host.session?.close();
    host.session = undefined;
    try {
      const session = await connect(host, context);
      if (bootedFrom === undefined) return session;
      if ((await bootIdOf(session, context)) !== bootedFrom) return session;
      throw new UnreachableError("the host is still in the boot that it was told to end");
    } catch (error) {
      if (!(error instanceof UnreachableError) || performance.now() > deadline) throw error;
      await sleep(RECONNECT_PAUSE_MS, undefined, { signal: context.signal });
    }
  }
};
