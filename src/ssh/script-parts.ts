import type { Step } from "./transport.ts";

/** Steps that one shell runs in one script. */
export interface ScriptPart<Who> {
  readonly who: Who;
  /** Numbers of the steps in the whole script, ascending. */
  readonly indexes: readonly number[];
}

/**
 * Cuts a script into parts of one user each, as few as its order allows: what follows the last step
 * that must succeed only asks, so that there all steps of a user can go together.
 *
 * @param whoOf tells users apart by identity
 */
export const scriptParts = <Who>(
  steps: readonly Step[],
  whoOf: (step: Step) => Who,
): readonly ScriptPart<Who>[] => {
  const lastChange = steps.findLastIndex(({ mustSucceed }) => mustSucceed);
  const parts: { who: Who; indexes: number[] }[] = [];
  let asking = 0;
  steps.forEach((step, index) => {
    const who = whoOf(step);
    // The part under way may take in the first of those that only ask.
    if (index === lastChange + 1) asking = Math.max(0, parts.length - 1);
    const part =
      index > lastChange ? parts.slice(asking).find((one) => one.who === who) : parts.at(-1);
    if (part?.who === who) part.indexes.push(index);
    else parts.push({ who, indexes: [index] });
  });
  return parts;
};
