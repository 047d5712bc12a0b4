import { readFileSync } from "node:fs";
import { Problem } from "../../problem.ts";
import { isAge } from "../../secrets/age-header.ts";
import type { ExtraVars } from "../layer.ts";
import { isMapping, mergeVars, type Value, type Vars, varsOf } from "../value.ts";
import { connectionOf } from "./connection.ts";
import { shellWords } from "./shell-words.ts";
import { refuseVault } from "./vault.ts";

const parse = async (bytes: Buffer, file: string): Promise<unknown> => {
  if (isAge(bytes)) return (await import("../secret-vars.ts")).readSecretVars(bytes, file);
  return (await import("./yaml-document.ts")).parseYaml(bytes.toString("utf8"), file);
};

const mapping = async (bytes: Buffer, file: string): Promise<Vars> => {
  const parsed = (await parse(bytes, file)) ?? {};
  if (!isMapping(parsed)) throw new Problem(`${file}: expected a mapping of variables`);
  for (const [name, value] of Object.entries(parsed)) refuseVault(value, `${file}: ${name}`);
  return varsOf(parsed, file);
};

const readFile = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "no such file" : message;
    throw new Problem(`-e @${path}: ${why}`, { cause });
  }
};

const assignment = (word: string, option: string): [string, Value] => {
  const at = word.indexOf("=");
  if (at > 0) {
    const text = word.slice(at + 1);
    return [word.slice(0, at), { value: text, text, file: "-e" }];
  }
  throw new Problem(`-e ${option}: expected key=value, @FILE or {"key": value}, got: ${word}`, {
    hint: "Put quotes around a value with spaces: -e 'name=\"two words\"'",
  });
};

const assignments = (option: string): Vars => {
  try {
    return new Map(shellWords(option, { comments: false }).map((word) => assignment(word, option)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Problem(`-e ${option}: ${error.message}`, { cause: error });
  }
};

/**
 * Reads `-e` options: `key=value key2=value2`, a mapping in JSON or YAML, or `@FILE` with one,
 * which may be encrypted with age; a later option wins.
 * Source: `load_extra_vars` of ansible/utils/vars.py.
 *
 * @throws Problem for what is none of those
 */
export const readExtraVars = async (options: readonly string[]): Promise<ExtraVars> => {
  const layers: Vars[] = [];
  const named: string[] = [];
  for (const option of options) {
    if (option.startsWith("@")) {
      const path = option.slice(1);
      layers.push(await mapping(readFile(path), path));
      continue;
    }
    const isInline = option.startsWith("{") || option.startsWith("[");
    const vars = isInline ? await mapping(Buffer.from(option), "-e") : assignments(option);
    layers.push(vars);
    named.push(...vars.keys());
  }
  const vars = mergeVars(layers);
  return { vars, named, ...connectionOf(vars, "all hosts") };
};
