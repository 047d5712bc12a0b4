import { Problem } from "../problem.ts";
import { didYouMean } from "../suggest.ts";
import type { Task } from "../task.ts";

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

/** Leaves out what the tags do not choose. Source: Ansible playbook guide, "Tags". */
export const chosenTasks = (tasks: readonly Task[], selection: Selection): readonly Task[] =>
  tasks.filter((task) => isChosen(task, selection));

/**
 * Leaves out what is before the task to start at, over all plays of a host. A host that does not
 * have that task keeps nothing.
 */
export const fromStart = (
  plays: readonly (readonly Task[] | undefined)[],
  { startAt }: Selection,
): readonly (readonly Task[] | undefined)[] => {
  if (startAt === undefined) return plays;
  let started = false;
  return plays.map((tasks) =>
    tasks?.filter(({ title }) => {
      started ||= title === startAt;
      return started;
    }),
  );
};

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
