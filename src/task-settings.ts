import type { BecomeWish } from "./become.ts";
import type { Secret } from "./shell/secret.ts";

/** Trying a task again. */
export interface Retry {
  /** How often after the first attempt. */
  readonly retries: number;
  /** Milliseconds between attempts. */
  readonly delayMs: number;
  /** What the host must be like in the end; without it, that the task did not fail. Pure. */
  until?(state: unknown): boolean;
}

/** What the commands of a task find around them. */
export interface Surroundings {
  /** Another user to run them as; `false`: the login user, whatever play and inventory say. */
  readonly become?: BecomeWish;
  /** Environment variables. */
  readonly environment?: Readonly<Record<string, string | number | Secret>>;
  /** The folder they start in. */
  readonly workingDirectory?: string;
  /** The file mode mask, in octal: "027". */
  readonly umask?: string;
}

/** How the engine goes about a task. Made by the functions of settings.ts. */
export interface TaskSettings extends Surroundings {
  /** The host on which it is done, for the one that it is due on. */
  readonly delegateTo?: string;
  /** One host of the play does it for all. */
  readonly once?: boolean;
  /** So many hosts at a time. */
  readonly throttle?: number;
  /** Its failure is shown and does not end the host's play. */
  readonly ignoreErrors?: boolean;
  readonly retry?: Retry;
}

/** Settings of a task within those of what is around it: the nearer ones count. */
export const settingsWithin = (
  outer: TaskSettings,
  inner: TaskSettings | undefined,
): TaskSettings => ({
  ...outer,
  ...inner,
  ...((outer.environment || inner?.environment) && {
    environment: { ...outer.environment, ...inner?.environment },
  }),
});
