import type { ArgumentsCamelCase, Argv } from "yargs";

const builder = (yargs: Argv) =>
  yargs
    .positional("folder", {
      type: "string",
      default: ".",
      describe: "Where; it is made if need be",
    })
    .example("weft init servers", "A project of your own in the folder servers");

/** What `weft init` was asked for. */
export type InitArguments = ArgumentsCamelCase<
  ReturnType<typeof builder> extends Argv<infer Args> ? Args : never
>;

/** `weft init [FOLDER]`. */
export const initCommand = {
  command: "init [folder]",
  describe: "Make a project: inventory, playbook, and what checks them",
  builder,
  handler: async (args: InitArguments): Promise<void> =>
    (await import("./init-verb.ts")).initVerb(args),
};
