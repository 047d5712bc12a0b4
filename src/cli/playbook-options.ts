import * as z from "zod";
import { coerce } from "../inventory/coerce.ts";
import { knownVariables } from "../inventory/unknown-keys.ts";
import type { Playbook } from "../playbook.ts";
import { Problem } from "../problem.ts";
import { situationOf } from "./complete/wanted.ts";
import { kebab } from "./kebab.ts";
import { loadPlaybook } from "./load.ts";
import { syntaxOf } from "./verb-syntax.ts";
import { verbs } from "./verbs.ts";

/** A variable of the contract that a playbook takes as a flag of its command line. */
export interface PlaybookFlag {
  /** Without its dashes. */
  readonly name: string;
  readonly variable: string;
  readonly describe: string;
  /** False for what `true` is a value of. */
  readonly takesValue: boolean;
  /** What the groups that have the variable take. */
  readonly schemas: readonly z.core.$ZodType[];
}

/** The flags that a playbook declares. */
export const playbookFlags = ({ contract, options }: Playbook): readonly PlaybookFlag[] =>
  Object.entries(options).map(([variable, describe]) => {
    const schemas = Object.values(contract.groups).flatMap(
      (group) => knownVariables(group)?.[variable] ?? [],
    );
    const isSwitch = schemas.length > 0 && schemas.every((it) => z.safeParse(it, true).success);
    return { name: kebab(variable), variable, describe, takesValue: !isSwitch, schemas };
  });

/** @throws Problem where a group's schema does not take the value */
const checkValue = ({ name, schemas }: PlaybookFlag, text: string): void => {
  for (const schema of schemas) {
    const value = coerce(schema, { value: text, text, file: "" });
    const [issue] = z.safeParse(schema, value).error?.issues ?? [];
    if (issue !== undefined) throw new Problem(`--${name} ${text}: ${issue.message}`);
  }
};

const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * A command line with the playbook's flags as the `-e` that they stand for. Pure.
 *
 * @throws Problem where a value is missing or of the wrong type
 */
export const withoutPlaybookFlags = (
  args: readonly string[],
  flags: readonly PlaybookFlag[],
): readonly string[] => {
  const words: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? "";
    if (word === "--") return [...words, ...args.slice(at)];
    const [, no, name, given] = /^--(no-)?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const flag = flags.find((it) => it.name === name && (no === undefined || !it.takesValue));
    if (flag === undefined) {
      words.push(word);
      continue;
    }
    let text = given;
    if (text === undefined && flag.takesValue) {
      at += 1;
      text = args[at];
      if (text === undefined) throw new Problem(`--${flag.name}: a value is missing`);
    }
    text ??= no === undefined ? "true" : "false";
    checkValue(flag, text);
    words.push("-e", `${flag.variable}=${shellQuoted(text)}`);
  }
  return words;
};

/**
 * The flags of the playbook that a command line names; none where it names none.
 *
 * @throws Problem where the playbook cannot be loaded, or a flag of it is one of weft's own
 */
export const flagsOfPlaybookIn = async (
  args: readonly string[],
): Promise<readonly PlaybookFlag[]> => {
  const syntax = verbs.map(syntaxOf);
  const [file] = situationOf([...args, ""], syntax).given.get("playbook") ?? [];
  if (file === undefined) return [];
  const flags = playbookFlags(await loadPlaybook(file));
  const own = syntax.find(({ name }) => name === args[0])?.flags.map(({ name }) => name) ?? [];
  const taken = flags.find(({ name }) => [...own, "help", "version"].includes(name));
  if (taken === undefined) return flags;
  throw new Problem(`playbook ${file}: its option --${taken.name} is a flag of weft ${args[0]}`, {
    hint: "Give the variable of the contract another name.",
  });
};
