import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { knownSecrets } from "../shell/secret-register.ts";
import type { Change, Diff } from "../task.ts";
import type { Failure } from "./events.ts";
import type { PlannedChanges } from "./run-context.ts";

/** A change as a plan keeps it: what it says, and what tells whether another one is the same. */
export interface PlannedChange {
  readonly summary: string;
  readonly diff?: Diff | undefined;
  readonly digest: string;
}

/** What a task is to change on a host. */
export interface PlannedTask {
  /** Number of the play. */
  readonly play: number;
  readonly title: string;
  readonly changes: readonly PlannedChange[];
}

/** What is to change, by host. */
export type Plan = Readonly<Record<string, readonly PlannedTask[]>>;

/**
 * Tells commands apart without telling what they are: a script may hold secrets, and the salt keeps
 * others from trying which ones.
 */
const digestOf = ({ command, stdin }: Change, salt: string): string => {
  const { size, mtimeMs } = stdin === undefined ? { size: 0, mtimeMs: 0 } : statSync(stdin.file);
  const parts = [salt, command.script, stdin?.file ?? "", size, mtimeMs];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
};

const maskedDiff = ({ subject, before, after }: Diff): Diff => ({
  subject: knownSecrets.mask(subject),
  before: knownSecrets.mask(before),
  after: knownSecrets.mask(after),
});

const planned = (change: Change, salt: string): PlannedChange => ({
  summary: knownSecrets.mask(change.summary),
  ...(change.diff !== undefined && { diff: maskedDiff(change.diff) }),
  digest: digestOf(change, salt),
});

/** Notes what a run in check mode would change. */
export class PlanRecorder {
  readonly #tasks: Record<string, PlannedTask[]> = {};
  readonly #salt: string;

  /** @param salt the same for plans that are to be compared */
  constructor(salt: string) {
    this.#salt = salt;
  }

  /** The run's hook: refuses nothing. */
  readonly approve = ({ host, play, task, changes }: PlannedChanges): undefined => {
    const tasks = this.#tasks[host] ?? [];
    this.#tasks[host] = tasks;
    const title = knownSecrets.mask(task.title);
    tasks.push({ play, title, changes: changes.map((change) => planned(change, this.#salt)) });
  };

  /** @param hosts those that came through the whole playbook; the others' plans are not complete */
  plan(hosts: readonly string[]): Plan {
    return Object.fromEntries(hosts.map((host) => [host, this.#tasks[host] ?? []]));
  }
}

/**
 * A run's hook that lets only a plan's changes through, each as often as the plan has it. Fewer are
 * fine: what one change does may make the next one needless.
 */
export const onlyPlanned = (
  plan: Plan,
  salt: string,
): ((asked: PlannedChanges) => Failure | undefined) => {
  const left = new Map(
    Object.entries(plan).map(([host, tasks]) => [
      host,
      tasks.flatMap(({ changes }) => changes.map(({ digest }) => digest)),
    ]),
  );
  return ({ host, changes }) => {
    const allowed = left.get(host) ?? [];
    for (const change of changes) {
      const at = allowed.indexOf(digestOf(change, salt));
      if (at < 0) {
        return {
          message: `the plan does not hold this change: ${change.summary}`,
          hint: "Make a new plan for what is left.",
        };
      }
      allowed.splice(at, 1);
    }
    return undefined;
  };
};

const described = ({ title, changes }: PlannedTask): string =>
  `${title} (${changes.map(({ summary }) => summary).join("; ")})`;

const sameTask = (a: PlannedTask | undefined, b: PlannedTask | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.play === b.play &&
  a.title === b.title &&
  a.changes.map(({ digest }) => digest).join() === b.changes.map(({ digest }) => digest).join();

/** Where a host's plan of now differs from an earlier one, in words; `undefined` where it does not. */
export const difference = (
  earlier: readonly PlannedTask[],
  now: readonly PlannedTask[],
): string | undefined => {
  const length = Math.max(earlier.length, now.length);
  for (let at = 0; at < length; at += 1) {
    const [was, is] = [earlier[at], now[at]];
    if (sameTask(was, is)) continue;
    if (was === undefined && is !== undefined) return `now also due: ${described(is)}`;
    if (is === undefined && was !== undefined) return `no longer due: ${described(was)}`;
    if (was !== undefined && is !== undefined) {
      return was.title === is.title && described(was) === described(is)
        ? `${described(was)} would be done in another way now`
        : `planned was ${described(was)}, now due is ${described(is)}`;
    }
  }
  return undefined;
};
