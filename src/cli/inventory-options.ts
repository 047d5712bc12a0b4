import type { Argv } from "yargs";
import { Problem } from "../problem.ts";
import { becomeOptions } from "./become-options.ts";
import { single } from "./single.ts";

const list = (given: string | readonly string[] | undefined): readonly string[] =>
  given === undefined ? [] : [given].flat();

/** Of every verb that may meet encrypted files. */
export const identityOption = {
  type: "string",
  requiresArg: true,
  coerce: list,
  describe: "File of an age key that opens encrypted files; may be repeated",
} as const;

/** The options of every verb that reads inventories. */
export const inventoryOptions = <Args>(yargs: Argv<Args>) =>
  yargs
    .option("inventory", {
      alias: "i",
      type: "string",
      requiresArg: true,
      coerce: list,
      describe:
        "TypeScript, Ansible's INI or YAML, an executable, a folder, or HOST,; may be repeated  [default: the lab]",
    })
    .option("limit", {
      alias: "l",
      type: "string",
      requiresArg: true,
      coerce: single("--limit"),
      describe: "Only these hosts: names, groups, globs, a:&b:!c, @failed, @FILE",
    })
    .option("extra-vars", {
      alias: "e",
      type: "string",
      requiresArg: true,
      coerce: list,
      describe: "Variables over all others: key=value or @FILE; may be repeated",
    })
    .option("identity", identityOption);

/** The options of every verb that connects to hosts. */
export const connectionOptions = <Args>(yargs: Argv<Args>) =>
  becomeOptions(yargs)
    .option("forks", {
      alias: "f",
      type: "number",
      requiresArg: true,
      default: 32,
      describe: "So many hosts side by side",
    })
    .option("accept-new-host-keys", {
      type: "boolean",
      default: false,
      describe: "Remember the keys of hosts not seen before",
    })
    .option("facts-cache", {
      type: "string",
      requiresArg: true,
      coerce: single("--facts-cache"),
      describe: "Keep what hosts tell about themselves so long: 90, 30m, 1h, 7d",
    });

/** @throws Problem where `--forks` is no number of hosts */
export const checkForks = (forks: number): void => {
  if (Number.isInteger(forks) && forks >= 1) return;
  throw new Problem(`--forks: expected a whole number from 1, got ${forks}`);
};

/** What those options give. */
export interface InventoryArguments {
  readonly inventory: readonly string[] | undefined;
  readonly limit: string | undefined;
  readonly extraVars: readonly string[] | undefined;
  readonly identity: readonly string[] | undefined;
}
