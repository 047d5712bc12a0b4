import type { Argv } from "yargs";

const list = (given: string | readonly string[] | undefined): readonly string[] =>
  given === undefined ? [] : [given].flat();

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
      describe: "Only these hosts: names, groups, globs, a:&b:!c, @failed, @FILE",
    })
    .option("extra-vars", {
      alias: "e",
      type: "string",
      requiresArg: true,
      coerce: list,
      describe: "Variables over all others: key=value or @FILE; may be repeated",
    });

/** What those options give. */
export interface InventoryArguments {
  readonly inventory: readonly string[] | undefined;
  readonly limit: string | undefined;
  readonly extraVars: readonly string[] | undefined;
}
