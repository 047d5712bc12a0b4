import type { Argv } from "yargs";
import type { Selection } from "../run/select-tasks.ts";
import { single } from "./single.ts";

/** `a,b` and repeated options, as one list. */
const names = (given: string | readonly string[] | undefined): readonly string[] =>
  [given ?? []]
    .flat()
    .flatMap((part) => part.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** The options that choose among a playbook's tasks. */
export const selectionOptions = <Args>(yargs: Argv<Args>) =>
  yargs
    .option("tags", {
      alias: "t",
      type: "string",
      requiresArg: true,
      coerce: names,
      describe: "Only tasks with one of these tags: a,b",
    })
    .option("skip-tags", {
      type: "string",
      requiresArg: true,
      coerce: names,
      describe: "Not the tasks with one of these tags",
    })
    .option("start-at-task", {
      type: "string",
      requiresArg: true,
      coerce: single("--start-at-task"),
      describe: "Leave out what is before the task of this title",
    })
    .option("force-handlers", {
      type: "boolean",
      default: false,
      describe: "Run handlers on hosts that failed, too",
    });

/** The options that list what a playbook holds, instead of running it. */
export const listingOptions = <Args>(yargs: Argv<Args>) =>
  yargs
    .option("list-tasks", {
      type: "boolean",
      default: false,
      describe: "List the tasks, run nothing",
    })
    .option("list-tags", {
      type: "boolean",
      default: false,
      describe: "List the tags, run nothing",
    })
    .option("list-hosts", {
      type: "boolean",
      default: false,
      describe: "List the hosts, run nothing",
    });

/** What those options give. */
export interface SelectionArguments {
  readonly tags: readonly string[] | undefined;
  readonly skipTags: readonly string[] | undefined;
  readonly startAtTask: string | undefined;
}

/** The chosen tasks, as the engine wants to know it. */
export const selectionOf = ({ tags, skipTags, startAtTask }: SelectionArguments): Selection => ({
  tags: tags ?? [],
  skipTags: skipTags ?? [],
  ...(startAtTask !== undefined && { startAt: startAtTask }),
});
