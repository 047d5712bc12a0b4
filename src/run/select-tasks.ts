import { Problem } from "../problem.ts";
import { didYouMean } from "../suggest.ts";
import type { Task } from "../task.ts";
import { isTask, type TaskItem, tasksOf } from "../task-list.ts";

/** Which of a playbook's tasks a run is for. */
export interface Selection {
  /** Only tasks with one of these tags, and those tagged "always". Empty: all but those tagged "never". */
  readonly tags: readonly string[];
  /** Not those with one of these tags. */
  readonly skipTags: readonly string[];
  /** Title of the task to start at; what is before it is left out. */
  readonly startAt?: string;
}

const isChosen = ({ tags = [] }: Task, { tags: wanted, skipTags }: Selection): boolean => {
  if (tags.some((tag) => skipTags.includes(tag))) return false;
  if (tags.some((tag) => wanted.includes(tag))) return true;
  if (tags.includes("never")) return false;
  if (wanted.length === 0 || wanted.includes("all") || tags.includes("always")) return true;
  if (wanted.includes("tagged")) return tags.length > 0;
  return wanted.includes("untagged") && tags.length === 0;
};

/**
 * Leaves out what the tags do not choose. What depends on results is asked again when it is known.
 * Source: Ansible playbook guide, "Tags".
 */
export const chosenTasks = (
  items: readonly TaskItem[],
  selection: Selection,
): readonly TaskItem[] =>
  items.flatMap((item): readonly TaskItem[] => {
    if (isTask(item)) return isChosen(item, selection) ? [item] : [];
    if (item.kind !== "block") return [item];
    const { rescue, ...rest } = item;
    // A function's tasks are chosen when it has told them.
    const left = typeof rescue === "object" ? chosenRescue(rescue, selection) : rescue;
    return [
      {
        ...rest,
        body: chosenTasks(item.body, selection),
        always: chosenTasks(item.always, selection),
        ...(left !== undefined && { rescue: left }),
      },
    ];
  });

/** Of a rescue's tasks; `undefined` where none is left of them, as nothing then makes up for a failure. */
export const chosenRescue = (
  items: readonly TaskItem[],
  selection: Selection,
): readonly TaskItem[] | undefined => {
  const chosen = chosenTasks(items, selection);
  const isLeft = tasksOf(chosen, { rescues: false }).length > 0 || mayHoldMore(chosen);
  return isLeft || items.length === 0 ? chosen : undefined;
};

/** The items from the task to start at on; none where that task is not among them. */
export const fromTask = (items: readonly TaskItem[], startAt: string): readonly TaskItem[] => {
  for (const [at, item] of items.entries()) {
    const rest = items.slice(at + 1);
    if (isTask(item)) {
      if (item.title === startAt) return [item, ...rest];
    } else if (item.kind === "block") {
      const body = fromTask(item.body, startAt);
      if (body.length > 0) return [{ ...item, body }, ...rest];
      const always = fromTask(item.always, startAt);
      if (always.length > 0) return [...always, ...rest];
    }
  }
  return [];
};

/** Whether there may come more tasks of these than are known before they run. */
export const mayHoldMore = (items: readonly TaskItem[]): boolean =>
  items.some(
    (item) =>
      !isTask(item) &&
      (item.kind === "deferred" ||
        (item.kind === "block" &&
          (typeof item.rescue === "function" ||
            mayHoldMore([...item.body, ...(item.rescue ?? []), ...item.always])))),
  );

/** No host came to the task to start at. */
export const missedStart = (startAt: string): Problem =>
  new Problem(`no host came to a task called "${startAt}", and nothing was done`, {
    hint: "weft run PLAYBOOK --list-tasks lists those that are known before it runs.",
  });

/** @throws Problem where a tag or the task to start at is in none of the tasks. */
export const checkSelection = (tasks: readonly Task[], selection: Selection): void => {
  const tags = new Set([
    "all",
    "always",
    "never",
    "tagged",
    "untagged",
    ...tasks.flatMap((task) => task.tags ?? []),
  ]);
  for (const tag of [...selection.tags, ...selection.skipTags]) {
    if (!tags.has(tag)) {
      throw new Problem(`no task is tagged "${tag}".${didYouMean(tag, tags)}`, {
        hint: "weft run PLAYBOOK --list-tags lists them.",
      });
    }
  }
  const titles = tasks.map(({ title }) => title);
  const { startAt } = selection;
  if (startAt !== undefined && !titles.includes(startAt)) {
    throw new Problem(`no task is called "${startAt}".${didYouMean(startAt, titles)}`, {
      hint: "weft run PLAYBOOK --list-tasks lists them.",
    });
  }
};
