import { setTimeout as sleep } from "node:timers/promises";
import { sh } from "../shell/command.ts";
import { type Greeting, type Session, UnreachableError } from "../ssh/transport.ts";
import { disconnect, type Remote } from "./remote.ts";
import type { RunContext } from "./run-context.ts";

/** How long a host whose connection a change may have cut is tried again. */
const RECONNECT_FOR_MS = 60_000;
/** How long a host that boots is tried again: servers test their memory first. */
const BOOT_FOR_MS = 600_000;
const RECONNECT_PAUSE_MS = 1_000;
const BOOT_ID_TIMEOUT_MS = 10_000;

interface ConnectOptions {
  /** Process number of a dead run's shell on the host, which has the lock. */
  readonly takeFrom?: number | undefined;
  /** What a new session asks as it opens. */
  readonly greeting?: Greeting | undefined;
}

/** Opens the session to a host where there is none, and locks the host for this run. */
export const connect = async (
  remote: Remote,
  context: RunContext,
  { takeFrom, greeting }: ConnectOptions = {},
): Promise<Session> => {
  if (remote.session !== undefined) return remote.session;
  const { name, connection, shown } = remote;
  // What is delegated to a host does not make it one of the run's.
  const label = shown && !context.check ? context.lock?.label : undefined;
  if (shown) context.emit({ type: "host-connect", host: name });
  const began = performance.now();
  remote.session = await context.transport.connect(connection, {
    signal: context.signal,
    ...(greeting !== undefined && { greeting }),
    ...(label !== undefined && { lock: { label, ...(takeFrom !== undefined && { takeFrom }) } }),
  });
  const ms = Math.round(performance.now() - began);
  if (shown) context.emit({ type: "host-connected", host: name, ms });
  return remote.session;
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
  remote: Remote,
  context: RunContext,
  bootedFrom?: string,
): Promise<Session> => {
  const limit = bootedFrom === undefined ? RECONNECT_FOR_MS : BOOT_FOR_MS;
  const deadline = performance.now() + limit;
  for (;;) {
    await disconnect(remote);
    try {
      const session = await connect(remote, context);
      if (bootedFrom === undefined) return session;
      if ((await bootIdOf(session, context)) !== bootedFrom) return session;
      throw new UnreachableError("the host is still in the boot that it was told to end");
    } catch (error) {
      if (!(error instanceof UnreachableError) || performance.now() > deadline) throw error;
      await sleep(RECONNECT_PAUSE_MS, undefined, { signal: context.signal });
    }
  }
};
