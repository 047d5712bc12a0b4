import { SetupError } from "./setup-error.ts";

/** One directive of an ssh_config(5) file. */
export interface ConfigLine {
  /** In lower case. */
  readonly keyword: string;
  /** As it was written. */
  readonly written: string;
  /** The line's arguments, quotes taken away. */
  readonly args: readonly string[];
  /** The whole rest of the line, for the keywords that take it so. */
  readonly rest: string;
  /** `FILE:LINE`, for messages. */
  readonly at: string;
}

/**
 * Splits arguments as OpenSSH's argv_split() does: quotes of both kinds, a backslash before a
 * quote, a backslash or a space, and a comment where a word would begin.
 *
 * @returns `undefined` where a quote is not closed
 */
const splitArguments = (text: string): readonly string[] | undefined => {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const first = text[at];
    if (first === " " || first === "\t") {
      at += 1;
      continue;
    }
    if (first === "#") break;
    let word = "";
    let quote = "";
    for (; at < text.length; at += 1) {
      const char = text[at] ?? "";
      const next = text[at + 1] ?? "";
      const escapes = next !== "" && (`'"\\`.includes(next) || (quote === "" && next === " "));
      if (char === "\\" && escapes) {
        word += next;
        at += 1;
      } else if (quote === "" && (char === " " || char === "\t")) break;
      else if (quote === "" && (char === '"' || char === "'")) quote = char;
      else if (quote !== "" && char === quote) quote = "";
      else word += char;
    }
    if (quote !== "") return undefined;
    words.push(word);
  }
  return words;
};

/** Keywords that take the rest of the line as it is, quotes and all. */
const WHOLE_LINE = new Set(["proxycommand", "proxyjump", "localcommand", "remotecommand"]);

const parseLine = (text: string, at: string): ConfigLine | undefined => {
  const [, written = "", rest = ""] =
    /^\s*"?([^\s="]*)"?(?:\s*=\s*|\s*)(.*?)\s*$/s.exec(text) ?? [];
  if (written === "" || written.startsWith("#")) return undefined;
  const keyword = written.toLowerCase();
  const args = WHOLE_LINE.has(keyword) ? [rest] : splitArguments(rest);
  if (args === undefined) throw new SetupError(`${at}: ${written}: a quote is not closed`);
  if (args.length === 0 || args[0] === "") {
    throw new SetupError(`${at}: ${written}: the argument is missing`);
  }
  return { keyword, written, args, rest, at };
};

/** Reads the text of an ssh_config(5) file. @throws SetupError with file and line */
export const parseConfigLines = (text: string, file: string): readonly ConfigLine[] =>
  text.split(/\r?\n/).flatMap((line, index) => parseLine(line, `${file}:${index + 1}`) ?? []);
