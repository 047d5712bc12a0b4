import type { Argv } from "yargs";

/** The options that say what becomes of other runs on the same hosts. */
export const lockOptions = <Args>(yargs: Argv<Args>) =>
  yargs
    .option("lock-wait", {
      type: "number",
      requiresArg: true,
      default: 0,
      describe: "Seconds to wait for a host that another run works on",
    })
    .option("lock", {
      type: "boolean",
      default: true,
      describe: "Keep other runs off the hosts; --no-lock does not",
    });
