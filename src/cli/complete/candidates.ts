import type { FlagSyntax, PositionalSyntax } from "../verb-syntax.ts";
import { type Situation, spellings } from "./wanted.ts";

/** A word that may stand there. */
export interface Candidate {
  readonly value: string;
  readonly describe?: string;
}

/** Words, or names of files, which shells complete better themselves. */
export type Candidates =
  | { readonly kind: "words"; readonly words: readonly Candidate[] }
  /** Files that end like that, and folders. */
  | { readonly kind: "files"; readonly suffix: string }
  | { readonly kind: "folders" };

const words = (values: readonly (string | Candidate)[]): Candidates => ({
  kind: "words",
  words: values.map((value) => (typeof value === "string" ? { value } : value)),
});

const files = (suffix = ""): Candidates => ({ kind: "files", suffix });

const nothing = words([]);

/** Adds to the last part of a list such as `web:!db` or `a,b`; what stands before it stays. */
const lastOf = (
  current: string,
  separators: RegExp,
  values: readonly (string | Candidate)[],
): Candidates => {
  const before = separators.exec(current)?.[0] ?? "";
  const all = values.map((value) => (typeof value === "string" ? { value } : value));
  return words(all.map((it) => ({ ...it, value: `${before}${it.value}` })));
};

const PATTERN = /^.*[:,][&!]?|^[&!]/s;
const LIST = /^.*,/s;

/** What the project and its inventories know. Loaded only where a word needs it. */
export interface Known {
  hosts(): Promise<readonly string[]>;
  /** Hosts and groups. */
  members(): Promise<readonly Candidate[]>;
  tags(): Promise<readonly string[]>;
  titles(): Promise<readonly string[]>;
  tasks(): Promise<readonly Candidate[]>;
  labHosts(): Promise<readonly string[]>;
  /** Flags of the playbook, without their dashes. */
  playbookFlags(): Promise<readonly Candidate[]>;
}

const ofFlag = async (flag: FlagSyntax, current: string, known: Known): Promise<Candidates> => {
  if (flag.choices.length > 0) return words(flag.choices);
  switch (flag.name) {
    case "limit":
      if (current.startsWith("@")) return words(["@failed"]);
      return lastOf(current, PATTERN, await known.members());
    case "follow":
    case "host":
      return words(await known.hosts());
    case "tags":
    case "skip-tags":
      return lastOf(current, LIST, await known.tags());
    case "start-at-task":
      return words(await known.titles());
    case "html":
    case "identity":
    case "inventory":
    case "junit":
    case "out":
    case "recipients-file":
      return files();
    case "log-dir":
      return { kind: "folders" };
    default:
      return nothing;
  }
};

const ofPositional = async (
  { name, choices }: PositionalSyntax,
  current: string,
  known: Known,
): Promise<Candidates> => {
  if (choices.length > 0) return words(choices);
  switch (name) {
    case "playbook":
      return files(".ts");
    case "file":
    case "files":
    case "plan":
      return files();
    case "pattern":
      return lastOf(current, PATTERN, await known.members());
    case "task":
      return words(await known.tasks());
    case "folder":
      return { kind: "folders" };
    case "host":
      return words(await known.labHosts());
    default:
      return nothing;
  }
};

/** All that may stand in the place of the current word; those that begin otherwise are among them. */
export const candidatesOf = async (
  { wanted }: Situation,
  current: string,
  known: Known,
): Promise<Candidates> => {
  switch (wanted.kind) {
    case "verb":
      return words(wanted.verbs.map(({ name, describe }) => ({ value: name, describe })));
    case "flag": {
      const all = [
        ...wanted.flags.map(({ name, describe }) => ({ value: name, describe })),
        ...(await known.playbookFlags()),
      ];
      const long = all.map((flag) => ({ ...flag, value: `--${flag.value}` }));
      // Short ones only where just a dash is there: they are many, and the long ones say the same.
      return words(current === "-" ? [...long, ...wanted.flags.flatMap(shortOf)] : long);
    }
    case "value": {
      const found = await ofFlag(wanted.of, current.slice(wanted.prefix.length), known);
      if (found.kind !== "words") return found;
      return words(found.words.map((it) => ({ ...it, value: `${wanted.prefix}${it.value}` })));
    }
    case "positional":
      return ofPositional(wanted.of, current, known);
    case "nothing":
      return nothing;
  }
};

function shortOf(flag: FlagSyntax): readonly Candidate[] {
  return spellings(flag)
    .filter((spelling) => !spelling.startsWith("--"))
    .map((value) => ({ value, describe: flag.describe }));
}
