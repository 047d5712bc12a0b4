import type { ArgumentsCamelCase, Argv } from "yargs";
import { connectionOptions, inventoryOptions } from "./inventory-options.ts";

const builder = (yargs: Argv) =>
  connectionOptions(inventoryOptions(yargs))
    .positional("pattern", {
      type: "string",
      default: "all",
      describe: "Hosts: names, groups, globs, a:&b:!c",
    })
    .example("weft ping", "Log in to every host of the lab");

/** What `weft ping` was asked for. */
export type PingArguments = ArgumentsCamelCase<
  ReturnType<typeof builder> extends Argv<infer Args> ? Args : never
>;

/** `weft ping [PATTERN]`. */
export const pingCommand = {
  command: "ping [pattern]",
  describe: "Log in to hosts and say how fast they answer",
  builder,
  handler: async (args: PingArguments): Promise<void> =>
    (await import("./ping-verb.ts")).pingVerb(args),
};
