import type { ArgumentsCamelCase, Argv } from "yargs";
import { connectionOptions, inventoryOptions } from "./inventory-options.ts";

const builder = (yargs: Argv) =>
  connectionOptions(inventoryOptions(yargs))
    .option("output", {
      alias: "o",
      choices: ["auto", "plain", "json"] as const,
      default: "auto" as const,
      describe: "Lines for people, or one JSON object; auto: JSON where it goes to no terminal",
    })
    .example("weft facts -l lab-1", "What a host of the lab tells about itself")
    .example("weft facts -i hosts.ini --facts-cache 1h", "Ask no host twice within an hour");

/** What `weft facts` was asked for. */
export type FactsArguments = ArgumentsCamelCase<
  ReturnType<typeof builder> extends Argv<infer Args> ? Args : never
>;

/** `weft facts`. */
export const factsCommand = {
  command: "facts",
  describe: "Show what hosts tell about themselves",
  builder,
  // Loaded here and not above: the other verbs do without ssh2.
  handler: async (args: FactsArguments): Promise<void> =>
    (await import("./facts-verb.ts")).factsVerb(args),
};
