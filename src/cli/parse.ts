import yargs, { type Argv, type CommandModule } from "yargs";
import { Problem } from "../problem.ts";
import type { PlaybookFlag } from "./playbook-options.ts";
import { withSuggestion } from "./unknown-argument.ts";
import { syntaxOf } from "./verb-syntax.ts";
import { verbs } from "./verbs.ts";
import { version } from "./version.ts";

/** What yargs has against a command line. */
class Refusal extends Error {}

/**
 * The verb that a command line begins with, where it has no verbs of its own, as the one that yargs
 * runs without its name. A verb that yargs finds by its name it runs too, but lays out all that
 * --help would say before the verb comes to do anything.
 */
const verbWithoutName = ([name, ...rest]: readonly string[]) => {
  const verb = verbs.find(({ command }) => command.split(" ")[0] === name);
  if (verb === undefined || syntaxOf(verb).verbs.length > 0) return undefined;
  const command = verb.command.replace(/^\S+/, "$0");
  return { words: rest, verb: { ...verb, command } };
};

/** Each verb's handler takes what its own builder gives, which one type for all cannot say. */
type AnyVerb = CommandModule;

const parserOf = (args: readonly string[], helpWanted: boolean): Argv => {
  const chosen = helpWanted ? undefined : verbWithoutName(args);
  if (chosen !== undefined) return yargs(chosen.words).command(chosen.verb as unknown as AnyVerb);
  return yargs(args)
    .usage("$0 VERB\n\nRuns typed playbooks over SSH.")
    .command(verbs as unknown as AnyVerb[])
    .demandCommand(1, "Say what to do: a verb is missing.")
    .recommendCommands()
    .wrap(Math.min(100, process.stdout.columns || 100))
    .epilogue("weft VERB --help tells more about a verb.");
};

const parseWords = async (
  args: readonly string[],
  helpWanted: boolean,
  flags: readonly PlaybookFlag[],
): Promise<void> => {
  const parser = parserOf(args, helpWanted)
    .scriptName("weft")
    .strict()
    .version(version())
    .help()
    .alias("help", "h")
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new Refusal(message);
    });
  for (const { name, describe, takesValue } of flags) {
    const type = takesValue ? "string" : "boolean";
    parser.option(name, { type, describe, group: "Options of the playbook:" });
  }
  await parser.parseAsync();
};

const refusalOf = async (parsing: Promise<void>): Promise<Refusal | undefined> => {
  try {
    await parsing;
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
};

/**
 * Parses a command line and runs the verb that it names. A playbook is asked for flags of its own only
 * for help, and where yargs refuses a line without them: other runs start as if there were none.
 *
 * @throws Problem where the command line is wrong, and what the verb throws
 */
export const parse = async (args: readonly string[]): Promise<void> => {
  const helpWanted = args.length === 0 || args.some((arg) => /^(--help|-h|help)$/.test(arg));
  // The help of a playbook that cannot be loaded is that of its verb.
  const shown = args.some((arg) => /^(--help|-h)$/.test(arg))
    ? await (await import("./playbook-options.ts")).flagsOfPlaybookIn(args).catch(() => [])
    : [];
  const refusal = await refusalOf(parseWords(args, helpWanted, shown));
  if (refusal === undefined) return;
  const { flagsOfPlaybookIn, withoutPlaybookFlags } = await import("./playbook-options.ts");
  const flags = await flagsOfPlaybookIn(args);
  const words = withoutPlaybookFlags(args, flags);
  const last = flags.length === 0 ? refusal : await refusalOf(parseWords(words, helpWanted, []));
  if (last === undefined) return;
  const known = flags.map(({ name }) => name);
  throw new Problem(withSuggestion(last.message, words, known), {
    hint: "weft --help lists verbs and flags.",
  });
};
