import { setTimeout as sleep } from "node:timers/promises";
import { type Greeting, HostBusyError, type Session } from "../ssh/transport.ts";
import { TaskError } from "../task.ts";
import { connect } from "./connect.ts";
import { disconnect, type Remote } from "./remote.ts";
import type { RunContext } from "./run-context.ts";

/** Milliseconds between two looks at a host that another run has. */
const PAUSE_MS = 1_000;
/** How long what a dead run left running, such as a package transaction, may take to end. */
const LEFTOVER_MS = 60_000;

/** Another run has the host, in words. */
const busy = ({ holder, message }: HostBusyError, { lock }: RunContext): TaskError => {
  const by = lock === undefined ? "" : `: ${lock.describe(holder)}`;
  return new TaskError(`${message}${by}`, {
    hint: "Wait for it, with --lock-wait SECONDS if you like; --no-lock works on the host all the same.",
  });
};

/**
 * Does the first work on a host, when this run has the host for itself: waits for another run that
 * has it, as long as the user wants, and takes it from one that is dead.
 *
 * @param work must only read: it is done anew where the host turns out to be another run's
 * @param greeting what a new session asks as it opens
 * @throws TaskError where the other run still has it
 */
export const onHost = async <Value>(
  remote: Remote,
  context: RunContext,
  work: (session: Session) => Promise<Value>,
  greeting?: Greeting,
): Promise<Value> => {
  const { lock, signal } = context;
  const began = performance.now();
  let takeFrom: number | undefined;
  for (;;) {
    const session = await connect(remote, context, { takeFrom, greeting });
    try {
      return await work(session);
    } catch (error) {
      if (!(error instanceof HostBusyError) || lock === undefined) throw error;
      await disconnect(remote);
      const { holder } = error;
      const isDead = lock.isDead(holder);
      const waited = performance.now() - began;
      // Once: a shell that cannot be ended must not be tried for ever.
      const takes = isDead && holder.command === undefined && takeFrom !== holder.pid;
      takeFrom = isDead ? holder.pid : undefined;
      if (takes) continue;
      if (waited > Math.max(lock.waitMs, isDead ? LEFTOVER_MS : 0)) throw busy(error, context);
      context.emit({ type: "host-busy", host: remote.name, by: lock.describe(holder) });
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }
};
