import type { ArgumentsCamelCase, Argv } from "yargs";
import { connectionOptions, inventoryOptions } from "./inventory-options.ts";
import { lockOptions } from "./lock-options.ts";
import { outputOptions } from "./output-options.ts";
import { listingOptions, selectionOptions } from "./selection-options.ts";

const builder = (yargs: Argv) =>
  lockOptions(
    outputOptions(listingOptions(selectionOptions(connectionOptions(inventoryOptions(yargs))))),
  )
    .positional("playbook", { type: "string", demandOption: true, describe: "A TypeScript file" })
    .option("check", {
      alias: "C",
      type: "boolean",
      default: false,
      describe: "Say what would change, change nothing",
    })
    .option("step", {
      type: "boolean",
      default: false,
      describe: "Ask before each task",
    })
    .option("resume", {
      type: "boolean",
      default: false,
      describe: "Go on where each host of the last run of this playbook stopped",
    })
    .example("weft run playbooks/mesh.ts", "Weave the lab's hosts into one network")
    .example("weft run site.ts --resume", "Go on after a failure, an interrupt or a crash")
    .example(
      "weft run site.ts -i inventory/prod.ts -l web --check --diff",
      "See what would change",
    );

/** What `weft run` was asked for. */
export type RunArguments = ArgumentsCamelCase<
  ReturnType<typeof builder> extends Argv<infer Args> ? Args : never
>;

/** `weft run PLAYBOOK.ts`. */
export const runCommand = {
  command: "run <playbook>",
  describe: "Run a playbook over the hosts of an inventory",
  builder,
  // Loaded here and not above: no other verb needs the engine, ssh2 or zod.
  handler: async (args: RunArguments): Promise<void> =>
    (await import("./run-verb.ts")).runVerb(args),
};
