import { cleanLines } from "./clean-text.ts";
import { createLook } from "./look.ts";
import type { RenderOptions } from "./render-options.ts";
import { wrapWords } from "./text-width.ts";

/** Something that keeps a run from starting: a wrong option, a playbook that does not load. */
export interface Problem {
  readonly message: string;
  /** What to try. */
  readonly hint?: string;
  readonly stack?: string;
}

type ProblemOptions = Pick<RenderOptions, "color" | "verbosity" | "columns">;

/**
 * A problem before the run as the text to put on stderr, ending in a newline. The stack comes with
 * `-vv` only.
 */
export const formatProblem = (problem: Problem, options: ProblemOptions): string => {
  const width = options.columns ?? Number.POSITIVE_INFINITY;
  const { paint } = createLook({ ...options, showDiff: false }, width);
  const prose = (text: string): string[] =>
    cleanLines(text).flatMap((line) => wrapWords(line, width));
  const [first = "", ...rest] = prose(`error: ${problem.message}`);
  const { hint, stack } = problem;
  const lines = [
    first.replace(/^error:/, (word) => paint.bold(paint.red(word))),
    ...rest,
    ...(hint === undefined ? [] : ["", ...prose(`Try: ${hint}`)]),
    ...(stack === undefined || options.verbosity < 2
      ? []
      : ["", ...cleanLines(stack).map(paint.dim)]),
  ];
  return `${lines.join("\n")}\n`;
};
