import type { ArgumentsCamelCase, Argv } from "yargs";
import { connectionOptions, inventoryOptions } from "./inventory-options.ts";

const builder = (yargs: Argv) =>
  connectionOptions(inventoryOptions(yargs))
    .positional("pattern", {
      type: "string",
      demandOption: true,
      describe: "Hosts: names, groups, globs, a:&b:!c",
    })
    .positional("command", { type: "string", array: true, describe: "A shell command, after --" })
    .option("timeout", {
      type: "number",
      requiresArg: true,
      default: 600,
      describe: "Seconds that the command may take",
    })
    .parserConfiguration({
      "unknown-options-as-args": true,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "populate--": true,
    })
    .example("weft exec all -- uptime", "Run a command on every host of the lab")
    .example("weft exec 'web:!web-3' -i prod.ts -- 'df -h / | tail -1'", "With a shell's pipes");

/** What `weft exec` was asked for. */
export type ExecArguments = ArgumentsCamelCase<
  ReturnType<typeof builder> extends Argv<infer Args> ? Args : never
>;

/** `weft exec PATTERN -- COMMAND`. */
export const execCommand = {
  command: "exec <pattern> [command..]",
  describe: "Run a command on hosts; identical output is shown once",
  builder,
  handler: async (args: ExecArguments): Promise<void> =>
    (await import("./exec-verb.ts")).execVerb(args),
};
