import type { Facts } from "../facts.ts";
import { flushHandlers, withHandlers } from "../handlers.ts";
import type { Inventory } from "../inventory/resolve.ts";
import { messageOf } from "../message-of.ts";
import type { AnyPlay } from "../playbook.ts";
import { Problem } from "../problem.ts";
import { refined, tagged } from "../refine.ts";
import type { Result } from "../result.ts";
import { checkSurroundings } from "../settings.ts";
import type { Task } from "../task.ts";
import { flatten, type TaskItem, tasksOf } from "../task-list.ts";
import { settingsWithin, type TaskSettings } from "../task-settings.ts";

/** Thrown out of a play's `tasks` function that reads what is not known yet. */
class Needed extends Error {
  readonly what: "facts" | "results";

  constructor(what: Needed["what"]) {
    super(`${what} are needed`);
    this.what = what;
  }
}

/** Thrown out of a play's `tasks` function that wants a result which a host did not register. */
export class NoResult extends Problem {}

/** What is known when a play's tasks are built. */
export interface Known {
  readonly facts?: Facts | undefined;
  /** What hosts registered in earlier plays; left out while those are not over. */
  readonly results?: ReadonlyMap<Result<unknown>, ReadonlyMap<string, unknown>>;
}

/** A play's tasks for one host, or what must be known first. */
export type Built =
  | { readonly kind: "tasks"; readonly items: readonly TaskItem[] }
  | { readonly kind: "needs"; readonly what: "facts" | "results" };

const settingsOf = (play: AnyPlay): TaskSettings => {
  checkSurroundings(play);
  const { become, environment, workingDirectory, umask } = play;
  return {
    ...(become !== undefined && { become }),
    ...(environment !== undefined && { environment }),
    ...(workingDirectory !== undefined && { workingDirectory }),
    ...(umask !== undefined && { umask }),
  };
};

/** A task of a play, and the handlers that it asks for, which are the play's as much. */
const inPlay = (play: TaskSettings, { handlers, ...task }: Task): Task => ({
  ...task,
  settings: settingsWithin(play, task.settings),
  ...(handlers !== undefined && {
    handlers: handlers.map((handler) => ({
      ...inPlay(play, handler),
      origin: handler.origin ?? handler,
    })),
  }),
});

const scopeOf = (play: AnyPlay, host: string, inventory: Inventory, { facts, results }: Known) => {
  const members = (group: string) => inventory.groups.get(group) ?? [];
  const resultsOf = <Value>(result: Result<Value>): ReadonlyMap<string, Value> => {
    if (results === undefined) throw new Needed("results");
    // What is kept under a result was registered under it, with its type.
    return (results.get(result) ?? new Map()) as ReadonlyMap<string, Value>;
  };
  return {
    host,
    vars: members(play.hosts).find((peer) => peer.name === host)?.vars,
    hosts: members(play.hosts),
    group: members,
    get facts() {
      if (facts === undefined) throw new Needed("facts");
      return facts;
    },
    resultsOf,
    resultOf: <Value>(result: Result<Value>, of: string): Value => {
      const known = resultsOf(result);
      if (!known.has(of)) {
        throw new NoResult(`${of} has not registered the result "${result.name}"`, {
          hint: "It failed before, was left out by --limit or tags, or an earlier play does not register it.",
        });
      }
      return known.get(of) as Value;
    },
  };
};

/** @throws Problem where a task is delegated to a host that is none */
const checkDelegates = (items: readonly TaskItem[], inventory: Inventory): void => {
  for (const { title, settings } of withHandlers(tasksOf(items, { rescues: true }))) {
    const to = settings?.delegateTo;
    if (to === undefined || to === "localhost") continue;
    if (inventory.hosts.some(({ name }) => name === to)) continue;
    throw new Problem(`"${title}" is delegated to "${to}", which the inventory does not have`, {
      hint: 'delegateTo takes the name of a host of the inventory, or "localhost".',
    });
  }
};

/**
 * Calls a play's `pre`, `tasks` and `post` functions for one host.
 *
 * @throws Problem naming play and host where one of them throws
 */
export const buildTasks = (
  play: AnyPlay,
  host: string,
  inventory: Inventory,
  known: Known = {},
): Built => {
  try {
    const scope = scopeOf(play, host, inventory, known);
    const parts = [play.pre, play.tasks, play.post].flatMap((tasks) =>
      tasks === undefined ? [] : [flatten(tasks(scope))],
    );
    // Handlers of each part run before the next one begins.
    const items = parts.flatMap((part, at) => (at === 0 ? part : [flushHandlers(), ...part]));
    checkDelegates(items, inventory);
    const settings = settingsOf(play);
    const inside = refined(items, (task) => inPlay(settings, task));
    return { kind: "tasks", items: tagged(play.tags ?? [], inside) };
  } catch (error) {
    if (error instanceof Needed) return { kind: "needs", what: error.what };
    const message = messageOf(error);
    const hint = error instanceof Problem ? error.hint : undefined;
    const Kind = error instanceof NoResult ? NoResult : Problem;
    throw new Kind(`play "${play.name}", host ${host}: ${message}`, {
      cause: error,
      ...(hint !== undefined && { hint }),
    });
  }
};
