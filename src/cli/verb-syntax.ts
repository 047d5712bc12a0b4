import type { Argv, Options, PositionalOptions } from "yargs";

/** A flag of a verb, as yargs is told of it. */
export interface FlagSyntax {
  readonly name: string;
  readonly aliases: readonly string[];
  /** False for those that are set or counted. */
  readonly takesValue: boolean;
  readonly choices: readonly string[];
  readonly describe: string;
}

/** A positional argument. */
export interface PositionalSyntax {
  readonly name: string;
  readonly choices: readonly string[];
  /** Takes all words that are left. */
  readonly repeats: boolean;
}

/** What may stand on the command line after a verb. */
export interface VerbSyntax {
  readonly name: string;
  readonly describe: string;
  readonly positionals: readonly PositionalSyntax[];
  readonly flags: readonly FlagSyntax[];
  /** Verbs of its own, such as `up` of `weft lab`. */
  readonly verbs: readonly VerbSyntax[];
}

/** A verb as it is given to yargs. */
interface Definition {
  readonly command: string;
  readonly describe: string;
  readonly builder?: ((yargs: Argv) => unknown) | object;
}

const texts = (choices: Options["choices"]): readonly string[] =>
  [choices ?? []].flat().map(String);

const flagOf = (name: string, { alias, type, choices, describe }: Options): FlagSyntax => ({
  name,
  aliases: [alias ?? []].flat(),
  takesValue: type !== "boolean" && type !== "count",
  choices: texts(choices),
  describe: describe || "",
});

/** `exec <pattern> [command..]`: its name, and the names in brackets. */
const parseCommand = (command: string) => {
  const [name = "", ...words] = command.split(" ");
  return {
    name,
    positionals: words.map((word) => ({
      name: word.replace(/^[<[]|\.*[>\]]$/g, ""),
      repeats: /\.\.[>\]]$/.test(word),
    })),
  };
};

/**
 * What a verb takes, told by its own builder: the one that yargs parses by. It is run against
 * something that only takes notes, so that neither yargs nor what the verb does is loaded.
 */
export const syntaxOf = ({ command, describe, builder }: Definition): VerbSyntax => {
  const flags: FlagSyntax[] = [];
  const nested: VerbSyntax[] = [];
  const choices = new Map<string, readonly string[]>();
  const notes: Record<string, (...args: never[]) => void> = {
    option: (name: string, options: Options) => {
      flags.push(flagOf(name, options));
    },
    positional: (name: string, options: PositionalOptions) => {
      choices.set(name, texts(options.choices));
    },
    command: (own: string, about: string, inner: Definition["builder"] = {}) => {
      nested.push(syntaxOf({ command: own, describe: about, builder: inner }));
    },
  };
  const recorder: Argv = new Proxy({} as Argv, {
    get:
      (_, method) =>
      (...args: never[]) => {
        notes[String(method)]?.(...args);
        return recorder;
      },
  });
  if (typeof builder === "function") builder(recorder);
  const { name, positionals } = parseCommand(command);
  return {
    name,
    describe,
    flags,
    verbs: nested,
    positionals: positionals.map((it) => ({ ...it, choices: choices.get(it.name) ?? [] })),
  };
};
