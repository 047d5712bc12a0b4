import { EXIT_PROBLEM } from "./exit-codes.ts";
import { reportProblem } from "./report-problem.ts";

/** Not for people: completions/weft.* ask with it what may come next. */
const COMPLETE = "__complete";

const args = process.argv.slice(2);
const verbosity =
  args.filter((arg) => arg === "-v" || arg === "--verbose").length +
  2 * args.filter((arg) => arg === "-vv").length;

/** A reader that has seen enough, such as head(1), is no fault; what hosts do goes on. */
const ignoreGone = (error: NodeJS.ErrnoException): void => {
  if (error.code !== "EPIPE") throw error;
};
process.stdout.on("error", ignoreGone);
process.stderr.on("error", ignoreGone);

const main = async (): Promise<void> => {
  try {
    if (args[0] === COMPLETE) {
      await (await import("./complete/complete.ts")).complete(args.slice(1));
    } else {
      await (await import("./parse.ts")).parse(args);
    }
  } catch (error) {
    reportProblem(error, verbosity);
    process.exitCode = EXIT_PROBLEM;
  }
};

void main();
