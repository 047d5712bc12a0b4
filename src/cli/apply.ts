import type { ArgumentsCamelCase, Argv } from "yargs";
import { connectionOptions, identityOption } from "./inventory-options.ts";
import { lockOptions } from "./lock-options.ts";
import { outputOptions } from "./output-options.ts";

const builder = (yargs: Argv) =>
  lockOptions(outputOptions(connectionOptions(yargs)))
    .positional("plan", { type: "string", demandOption: true, describe: "A file of weft plan" })
    .option("identity", identityOption)
    .example("weft apply site.plan", "Make the changes of a plan, and no others");

/** What `weft apply` was asked for. */
export type ApplyArguments = ArgumentsCamelCase<
  ReturnType<typeof builder> extends Argv<infer Args> ? Args : never
>;

/** `weft apply PLAN`. */
export const applyCommand = {
  command: "apply <plan>",
  describe: "Make the changes of a plan, if the hosts are still as they were",
  builder,
  handler: async (args: ApplyArguments): Promise<void> =>
    (await import("./apply-verb.ts")).applyVerb(args),
};
