import type { Inventory } from "../inventory/resolve.ts";
import type { Playbook } from "../playbook.ts";
import { buildTasks } from "../run/build-tasks.ts";
import { chosenTasks, mayHoldMore, type Selection } from "../run/select-tasks.ts";
import { tasksOf } from "../task-list.ts";

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
  /** True where tasks depend on facts or on results of others, which only a run knows. */
  readonly hasMore: boolean;
}

/** One play over the hosts it would run on. */
export const listPlay = (
  play: Playbook["plays"][number],
  inventory: Inventory,
  limit: readonly string[],
  selection: Selection,
): PlayListing => {
  const members = (inventory.groups.get(play.hosts) ?? []).map(({ name }) => name);
  const hosts = members.filter((name) => limit.includes(name));
  const built = hosts.map((name) => buildTasks(play, name, inventory));
  const items = built.flatMap((one) =>
    one.kind === "tasks" ? chosenTasks(one.items, selection) : [],
  );
  const tasks = tasksOf(items, { rescues: true });
  return {
    hosts,
    tasks: new Map(tasks.map(({ title, tags }) => [title, tags ?? []])),
    hasMore: built.some(({ kind }) => kind === "needs") || mayHoldMore(items),
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
      const { hosts, tasks, hasMore } = listPlay(play, inventory, limit, selection);
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
        ...(hasMore ? ["  (tasks that depend on facts or results are known in a run only)"] : []),
      ];
    })
    .join("\n");
