import type { ArgumentsCamelCase, Argv } from "yargs";

const builder = (yargs: Argv) =>
  yargs
    .positional("task", { type: "string", describe: "A task; without it, all are listed" })
    .option("output", {
      alias: "o",
      choices: ["plain", "json"] as const,
      default: "plain" as const,
      describe: "Lines for people, or JSON with all that is known",
    })
    .example("weft tasks service", "Options and an example of one task");

/** What `weft tasks` was asked for. */
export type TasksArguments = ArgumentsCamelCase<
  ReturnType<typeof builder> extends Argv<infer Args> ? Args : never
>;

/** `weft tasks [NAME]`. */
export const tasksCommand = {
  command: "tasks [task]",
  describe: "Tell what tasks there are, their options and an example",
  builder,
  handler: async (args: TasksArguments): Promise<void> =>
    (await import("./tasks-verb.ts")).tasksVerb(args),
};
