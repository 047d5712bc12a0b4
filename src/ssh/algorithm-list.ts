import { SetupError } from "./setup-error.ts";
import { matchesAny } from "./wildcard.ts";

/** A list of algorithms as ssh_config(5) has it, and where it was written. */
export interface AlgorithmList {
  readonly text: string;
  readonly at: string;
}

/**
 * The algorithms that a list leaves: `a,b` are these, `+a` adds, `-a*` takes away, `^a` comes first.
 * What weft does not know is left out, so that less is offered than the list allows, never more.
 *
 * @param all what weft can do
 * @throws SetupError when nothing is left
 */
export const chosenAlgorithms = <Name extends string>(
  { text, at }: AlgorithmList,
  defaults: readonly Name[],
  all: readonly Name[],
): readonly Name[] => {
  const sign = /^[+^-]/.exec(text)?.[0];
  const names = text.slice(sign === undefined ? 0 : 1).split(",");
  const known = names.flatMap((name) => all.filter((one) => one === name));
  const choose = (): readonly Name[] => {
    if (sign === "+") return [...defaults, ...known];
    if (sign === "^") return [...known, ...defaults];
    if (sign === "-") return defaults.filter((one) => !matchesAny(names, one));
    return known;
  };
  const chosen = [...new Set(choose())];
  if (chosen.length > 0) return chosen;
  throw new SetupError(`${at}: weft knows none of the algorithms that ${text} leaves`, {
    hint: `it knows ${all.join(", ")}`,
  });
};
