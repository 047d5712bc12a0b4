import { sh, TaskError, task } from "weft";

interface PauseOptions {
  /** So many of them. */
  readonly seconds?: number;
  /** What to show on the terminal; the run goes on with Enter. */
  readonly prompt?: string;
  /** Default: what is waited for. */
  readonly title?: string;
}

/**
 * Waits for some seconds, or until somebody at the terminal presses Enter: once for all hosts of the play, while
 * those that have not come so far go on. To go by what a host says: `waitFor`. In check mode there is no wait.
 *
 * @category Commands
 *
 * @example
 * ```ts
 * pause({ seconds: 10 })
 * pause({ prompt: "Look at the load balancer, then press Enter" })
 * ```
 *
 * @throws TaskError unless exactly one of seconds and prompt is given
 */
export const pause = ({ seconds, prompt, title }: PauseOptions) => {
  if ((seconds === undefined) === (prompt === undefined)) {
    throw new TaskError("a pause takes one of seconds and prompt");
  }
  if (seconds !== undefined && !(Number.isFinite(seconds) && seconds > 0)) {
    throw new TaskError(`a pause of ${seconds} seconds is none`);
  }
  const summary = seconds === undefined ? `wait for Enter: ${prompt}` : `wait for ${seconds} s`;
  return task({
    title: title ?? (seconds === undefined ? `pause: ${prompt}` : `pause of ${seconds} s`),
    unverified: true,
    ...(prompt !== undefined && { acknowledge: prompt }),
    ...(seconds !== undefined && { timeoutMs: (seconds + 30) * 1000 }),
    probe: { command: sh`:`, parse: () => ({}) },
    plan: () => [{ summary, command: seconds === undefined ? sh`:` : sh`sleep ${seconds}` }],
  });
};
