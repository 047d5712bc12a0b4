import type { ArgumentsCamelCase, Argv } from "yargs";
import { connectionOptions, inventoryOptions } from "./inventory-options.ts";
import { outputOptions } from "./output-options.ts";
import { selectionOptions } from "./selection-options.ts";

const builder = (yargs: Argv) =>
  outputOptions(selectionOptions(connectionOptions(inventoryOptions(yargs))))
    .positional("playbook", { type: "string", demandOption: true, describe: "A TypeScript file" })
    .option("out", {
      type: "string",
      requiresArg: true,
      describe: "Write the plan to this file, for weft apply",
    })
    .example("weft plan site.ts --out site.plan", "Show what would change, and keep it");

/** What `weft plan` was asked for. */
export type PlanArguments = ArgumentsCamelCase<
  ReturnType<typeof builder> extends Argv<infer Args> ? Args : never
>;

/** `weft plan PLAYBOOK.ts`. */
export const planCommand = {
  command: "plan <playbook>",
  describe: "Show what a playbook would change, and keep it as a plan",
  builder,
  handler: async (args: PlanArguments): Promise<void> =>
    (await import("./plan-verb.ts")).planVerb(args),
};
