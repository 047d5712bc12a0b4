import type { Facts } from "../facts.ts";
import type { Inventory } from "../inventory/resolve.ts";
import type { AnyPlay } from "../playbook.ts";
import { Problem } from "../problem.ts";
import { tagged } from "../refine.ts";
import type { Task } from "../task.ts";

/** Thrown out of a play's `tasks` function that reads facts before there are any. */
class FactsNeeded extends Error {}

/**
 * Calls a play's `tasks` function for one host.
 *
 * @returns `undefined` where the function wants facts and none are given yet.
 * @throws Problem naming play and host where the function throws.
 */
export const buildTasks = (
  play: AnyPlay,
  host: string,
  inventory: Inventory,
  facts?: Facts,
): readonly Task[] | undefined => {
  const members = (group: string) => inventory.groups.get(group) ?? [];
  try {
    return tagged(
      play.tags ?? [],
      play.tasks({
        host,
        vars: members(play.hosts).find((peer) => peer.name === host)?.vars,
        hosts: members(play.hosts),
        group: members,
        get facts() {
          if (facts === undefined) throw new FactsNeeded();
          return facts;
        },
      }),
    );
  } catch (error) {
    if (error instanceof FactsNeeded) return undefined;
    const message = error instanceof Error ? error.message : String(error);
    throw new Problem(`play "${play.name}", host ${host}: ${message}`, {
      cause: error,
      ...(error instanceof Problem && error.hint !== undefined && { hint: error.hint }),
    });
  }
};
