import type { FlagSyntax, PositionalSyntax, VerbSyntax } from "../verb-syntax.ts";

/** What the word under the cursor is to be completed to. */
export type Wanted =
  | { readonly kind: "verb"; readonly verbs: readonly VerbSyntax[] }
  | { readonly kind: "flag"; readonly flags: readonly FlagSyntax[] }
  | { readonly kind: "value"; readonly of: FlagSyntax; readonly prefix: string }
  | { readonly kind: "positional"; readonly of: PositionalSyntax }
  | { readonly kind: "nothing" };

/** What is known when a word is to be completed. */
export interface Situation {
  readonly wanted: Wanted;
  /** What is given already: positional arguments and flags by their long name. */
  readonly given: ReadonlyMap<string, readonly string[]>;
}

const GLOBAL: readonly FlagSyntax[] = [
  { name: "help", aliases: ["h"], takesValue: false, choices: [], describe: "Show help" },
];

const START: VerbSyntax = {
  name: "",
  describe: "",
  positionals: [],
  flags: [
    { name: "version", aliases: [], takesValue: false, choices: [], describe: "Show the version" },
  ],
  verbs: [],
};

const dashed = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`);

/** The spellings of a flag: `--limit`, `-l`. */
export const spellings = ({ name, aliases }: FlagSyntax): readonly string[] =>
  [name, ...aliases].map(dashed);

interface Read {
  /** A flag whose value is the next word. */
  readonly pending: FlagSyntax | undefined;
  readonly positionals: number;
  /** Behind `--` there are no flags. */
  readonly dashes: boolean;
  readonly given: ReadonlyMap<string, readonly string[]>;
}

/** Reads the words before the one to be completed. */
const read = (words: readonly string[], { positionals, flags }: VerbSyntax): Read => {
  const given = new Map<string, string[]>();
  const give = (name: string, value: string): void => {
    given.set(name, [...(given.get(name) ?? []), value]);
  };
  let pending: FlagSyntax | undefined;
  let count = 0;
  let dashes = false;
  for (const word of words) {
    if (pending !== undefined) {
      give(pending.name, word);
      pending = undefined;
    } else if (dashes || !word.startsWith("-") || word === "-") {
      const positional = positionals[Math.min(count, positionals.length - 1)];
      if (positional !== undefined) give(positional.name, word);
      count += 1;
    } else if (word === "--") {
      dashes = true;
    } else {
      const [, spelling = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
      const flag = flags.find((it) => spellings(it).includes(spelling));
      if (flag?.takesValue && value === undefined) pending = flag;
      else if (flag !== undefined) give(flag.name, value ?? "");
    }
  }
  return { pending, positionals: count, dashes, given };
};

const wantedAt = (current: string, verb: VerbSyntax, before: Read): Wanted => {
  const flags = [...verb.flags, ...GLOBAL];
  if (before.pending !== undefined) return { kind: "value", of: before.pending, prefix: "" };
  if (!before.dashes && current.startsWith("-")) {
    const [prefix = "", spelling] = /^(--[^=]+)=/.exec(current) ?? [];
    if (spelling === undefined) return { kind: "flag", flags };
    const of = flags.find((it) => it.takesValue && spellings(it).includes(spelling));
    return of === undefined ? { kind: "nothing" } : { kind: "value", of, prefix };
  }
  const last = verb.positionals.at(-1);
  const of = verb.positionals[before.positionals] ?? (last?.repeats ? last : undefined);
  if (of !== undefined) return { kind: "positional", of };
  return before.dashes ? { kind: "nothing" } : { kind: "flag", flags };
};

/** Where a verb is expected. */
const wantedFirst = (current: string, { verbs, flags }: VerbSyntax): Wanted =>
  current.startsWith("-")
    ? { kind: "flag", flags: [...flags, ...GLOBAL] }
    : { kind: "verb", verbs };

/**
 * What a shell's word can be completed to. Pure.
 *
 * @param words what stands after `weft`, the last of them being completed
 * @param verbs what weft can do
 */
export const situationOf = (words: readonly string[], verbs: readonly VerbSyntax[]): Situation => {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? "";
  let verb: VerbSyntax = { ...START, verbs };
  let depth = 0;
  for (; verb.verbs.length > 0; depth += 1) {
    const name = before[depth];
    const next = verb.verbs.find((it) => it.name === name);
    if (next === undefined) {
      const wanted =
        name === undefined ? wantedFirst(current, verb) : ({ kind: "nothing" } as const);
      return { wanted, given: new Map() };
    }
    verb = next;
  }
  const known = read(before.slice(depth), verb);
  return { wanted: wantedAt(current, verb, known), given: known.given };
};
