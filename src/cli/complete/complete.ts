import { homedir } from "node:os";
import { syntaxOf } from "../verb-syntax.ts";
import { verbs } from "../verbs.ts";
import { type Candidates, candidatesOf } from "./candidates.ts";
import { knownFrom } from "./known.ts";
import { situationOf } from "./wanted.ts";

/** A word as the shell would pass it on: without quotes around it, ~ as the home folder. */
const unquoted = (word: string): string =>
  word.replace(/^(["'])(.*)\1$/s, "$2").replace(/^~(?=\/)/, homedir());

/** The lines that completions/weft.* read: VALUE, or VALUE TAB DESCRIPTION; `:files .ts`, `:folders`. */
const linesOf = (found: Candidates, current: string): readonly string[] => {
  if (found.kind === "files") return [`:files ${found.suffix}`];
  if (found.kind === "folders") return [":folders"];
  return found.words
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, describe }) =>
      describe ? `${value}\t${describe.replace(/\s+/g, " ")}` : value,
    );
};

/**
 * Prints what the last of these words can be completed to. Says nothing of what is wrong with the
 * files that it reads for that: somebody is typing.
 *
 * @param words what stands after `weft` so far
 */
export const complete = async (words: readonly string[]): Promise<void> => {
  const current = words.at(-1) ?? "";
  const situation = situationOf(
    [...words.slice(0, -1).map(unquoted), current],
    verbs.map(syntaxOf),
  );
  try {
    const found = await candidatesOf(situation, current, knownFrom(situation.given));
    process.stdout.write(
      linesOf(found, current)
        .map((line) => `${line}\n`)
        .join(""),
    );
  } catch {
    // An inventory or a playbook that is not right yet.
  }
};
