import { didYouMean } from "../suggest.ts";
import { kebab } from "./kebab.ts";
import { syntaxOf } from "./verb-syntax.ts";
import { verbs } from "./verbs.ts";

/** The flags of the verb that a command line begins with, or of its inner verb. */
const flagsOf = ([verb, inner]: readonly string[]): readonly string[] => {
  const definition = verbs.find(({ command }) => command.split(" ")[0] === verb);
  const syntax = definition && syntaxOf(definition);
  const own = syntax?.verbs.find(({ name }) => name === inner) ?? syntax;
  return [...(own?.flags.map(({ name }) => name) ?? []), "help", "version"];
};

/**
 * What yargs says of a wrong command line; yargs suggests verbs, flags are suggested here.
 *
 * @param more flags beside those of the verb
 */
export const withSuggestion = (
  message: string,
  args: readonly string[],
  more: readonly string[],
): string => {
  if (/^Did you mean/.test(message)) {
    const isOuter = verbs.some(({ command }) => command.split(" ")[0] === args[0]);
    return `unknown verb "${args[isOuter ? 1 : 0]}". ${message}`;
  }
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)?.[1]?.split(", ");
  if (unknown === undefined) return message;
  const flags = [...flagsOf(args), ...more];
  return [...new Set(unknown)]
    .filter((name, _, all) => !(all.includes(kebab(name)) && kebab(name) !== name))
    .map((name) => {
      const flag = args.some((arg) => arg.startsWith(`--${name}`)) ? `--${name}` : name;
      return `unknown argument ${flag}.${didYouMean(name, flags).replace(/"(.*)"/, '"--$1"')}`;
    })
    .join("\n");
};
