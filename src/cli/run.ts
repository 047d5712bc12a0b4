import type { ArgumentsCamelCase, Argv } from "yargs";
import { connectionOptions, inventoryOptions } from "./inventory-options.ts";
import { selectionOptions } from "./selection-options.ts";

const builder = (yargs: Argv) =>
  selectionOptions(connectionOptions(inventoryOptions(yargs)))
    .positional("playbook", { type: "string", demandOption: true, describe: "A TypeScript file" })
    .option("check", {
      alias: "C",
      type: "boolean",
      default: false,
      describe: "Say what would change, change nothing",
    })
    .option("diff", {
      alias: "D",
      type: "boolean",
      default: false,
      describe: "Show what changes, line by line",
    })
    .option("output", {
      alias: "o",
      choices: ["auto", "listr", "plain", "json"] as const,
      default: "auto" as const,
      describe: "How to show progress",
    })
    .option("verbose", {
      alias: "v",
      type: "count",
      describe: "More: -v tasks and their output, -vv stacks of errors",
    })
    .example("weft run playbooks/mesh.ts", "Weave the lab's hosts into one network")
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
