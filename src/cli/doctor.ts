import type { ArgumentsCamelCase, Argv } from "yargs";
import { connectionOptions, inventoryOptions } from "./inventory-options.ts";

const builder = (yargs: Argv) =>
  connectionOptions(inventoryOptions(yargs))
    .positional("pattern", {
      type: "string",
      describe: "Also log in to these hosts: names, groups, globs, a:&b:!c",
    })
    .option("output", {
      alias: "o",
      choices: ["plain", "json"] as const,
      default: "plain" as const,
      describe: "Lines for people, or JSON",
    })
    .example("weft doctor", "Look at this machine")
    .example("weft doctor -i prod.ts", "At an inventory, too")
    .example("weft doctor web -i prod.ts", "Log in to hosts, and say with what, or why not");

/** What `weft doctor` was asked for. */
export type DoctorArguments = ArgumentsCamelCase<
  ReturnType<typeof builder> extends Argv<infer Args> ? Args : never
>;

/** `weft doctor [PATTERN]`. */
export const doctorCommand = {
  command: "doctor [pattern]",
  describe: "Look for what keeps this machine from reaching hosts",
  builder,
  handler: async (args: DoctorArguments): Promise<void> =>
    (await import("./doctor-verb.ts")).doctorVerb(args),
};
