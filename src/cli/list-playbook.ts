import type { Inventory } from "../inventory/resolve.ts";
import type { Playbook } from "../playbook.ts";
import { buildTasks } from "../run/build-tasks.ts";
import { chosenTasks, type Selection } from "../run/select-tasks.ts";

/** What can be listed of a playbook without running it. */
export interface Listing {
  readonly hosts: boolean;
  readonly tasks: boolean;
  readonly tags: boolean;
}

interface PlayListing {
  readonly hosts: readonly string[];
  /** Title, then tags: a task that several hosts have is listed once. */
  readonly tasks: ReadonlyMap<string, readonly string[]>;
  /** True where the play's tasks depend on facts, which only a run gathers. */
  readonly needsFacts: boolean;
}

/** One play over the hosts it would run on. */
const listPlay = (
  play: Playbook["plays"][number],
  inventory: Inventory,
  limit: readonly string[],
  selection: Selection,
): PlayListing => {
  const members = (inventory.groups.get(play.hosts) ?? []).map(({ name }) => name);
  const hosts = members.filter((name) => limit.includes(name));
  const built = hosts.map((name) => buildTasks(play, name, inventory));
  const tasks = built.flatMap((list) => chosenTasks(list ?? [], selection));
  return {
    hosts,
    tasks: new Map(tasks.map(({ title, tags }) => [title, tags ?? []])),
    needsFacts: built.includes(undefined),
  };
};

/** The text of `--list-hosts`, `--list-tasks` and `--list-tags`, for one or several of them. */
export const listPlaybook = (
  playbook: Playbook,
  inventory: Inventory,
  limit: readonly string[],
  { selection, listing }: { readonly selection: Selection; readonly listing: Listing },
): string =>
  playbook.plays
    .flatMap((play) => {
      const { hosts, tasks, needsFacts } = listPlay(play, inventory, limit, selection);
      const tags = [...new Set([...tasks.values()].flat())].sort();
      return [
        `play: ${play.name} (group ${play.hosts})`,
        ...(listing.hosts ? [`  hosts: ${hosts.join(", ") || "none"}`] : []),
        ...(listing.tags ? [`  tags: ${tags.join(", ") || "none"}`] : []),
        ...(listing.tasks
          ? [...tasks].map(
              ([title, own]) => `  ${title}${own.length > 0 ? `  [${own.join(", ")}]` : ""}`,
            )
          : []),
        ...(needsFacts ? ["  (tasks that depend on facts are known in a run only)"] : []),
      ];
    })
    .join("\n");
