import type { Session } from "../ssh/transport.ts";
import type { Task } from "../task.ts";
import type { Answer } from "./host-state.ts";
import { Reading } from "./reading.ts";
import type { Remote } from "./remote.ts";

interface ReadAheadOptions {
  readonly remote: Remote;
  readonly session: Session;
  readonly signal: AbortSignal;
  onProbe(task: Task): void;
}

/** Asks for the state of all given tasks in one round trip: see {@link Reading}. */
export const readAhead = (
  tasks: readonly Task[],
  { remote, session, signal, onProbe }: ReadAheadOptions,
): Promise<ReadonlyMap<Task, Answer>> => {
  const reading = new Reading(tasks, remote, onProbe);
  const { steps, listener } = reading;
  return reading.answers(session.run(steps, { signal, listener }));
};
