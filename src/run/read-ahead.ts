import { CommandTimeoutError, type Session, type Step } from "../ssh/transport.ts";
import type { CommandResult, Task } from "../task.ts";
import type { Answer } from "./host-state.ts";

/** Milliseconds that one command of a task may take unless the task says otherwise. */
const DEFAULT_TIMEOUT_MS = 600_000;

/** A task's limit for one command, in milliseconds. */
export const timeoutOf = (task: Task): number => task.timeoutMs ?? DEFAULT_TIMEOUT_MS;

/** The task's probe as a step of a script. */
export const probeStep = (task: Task): Step => ({
  command: task.probe.command,
  timeoutMs: timeoutOf(task),
});

/**
 * Asks for the state of all given tasks in one round trip.
 *
 * A probe that takes too long is that task's answer, and what the others said is kept; the tasks
 * after it have no answer yet.
 *
 * @throws UnreachableError when the connection is lost, the signal's reason when it is aborted.
 */
export const readAhead = async (
  session: Session,
  tasks: readonly Task[],
  options: { signal: AbortSignal; onProbe: (task: Task) => void },
): Promise<ReadonlyMap<Task, Answer>> => {
  const answers = new Map<Task, Answer>();
  const keep = (index: number, answer: Answer | CommandResult | undefined): void => {
    const task = tasks[index];
    if (task !== undefined && answer !== undefined) answers.set(task, answer);
  };
  try {
    await session.run(tasks.map(probeStep), {
      signal: options.signal,
      listener: {
        onStart: (index) => {
          const task = tasks[index];
          if (task !== undefined) options.onProbe(task);
        },
        onResult: keep,
      },
    });
  } catch (error) {
    if (!(error instanceof CommandTimeoutError)) throw error;
    keep(error.index, error);
  }
  return answers;
};
