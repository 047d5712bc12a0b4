import yargs from "yargs";
import { Problem } from "../problem.ts";
import { didYouMean } from "../suggest.ts";
import { execCommand } from "./exec.ts";
import { EXIT_PROBLEM } from "./exit-codes.ts";
import { factsCommand } from "./facts.ts";
import { inventoryCommand } from "./inventory.ts";
import { labCommand } from "./lab.ts";
import { pingCommand } from "./ping.ts";
import { reportProblem } from "./report-problem.ts";
import { runCommand } from "./run.ts";
import { version } from "./version.ts";

const args = process.argv.slice(2);
const verbosity =
  args.filter((arg) => arg === "-v" || arg === "--verbose").length +
  2 * args.filter((arg) => arg === "-vv").length;

const helpWanted = args.length === 0 || args.some((arg) => /^(--help|-h|help)$/.test(arg));

const cli = yargs(args)
  .scriptName("weft")
  .usage("$0 VERB\n\nRuns typed playbooks over SSH.")
  .command(runCommand)
  .command(execCommand)
  .command(pingCommand)
  .command(inventoryCommand)
  .command(factsCommand)
  .command(labCommand)
  .demandCommand(1, "Say what to do: a verb is missing.")
  .recommendCommands()
  .strict()
  .version(version())
  .help()
  .alias("help", "h")
  // yargs lays the help text out at every start; without a width that takes a third of the time.
  .wrap(helpWanted ? Math.min(100, process.stdout.columns ?? 100) : null)
  .epilogue("weft VERB --help tells more about a verb.")
  .exitProcess(false)
  .fail((message, error) => {
    if (error) throw error;
    throw new Problem(withSuggestion(message), { hint: "weft --help lists verbs and flags." });
  });

/** yargs suggests verbs; flags are suggested here. */
function withSuggestion(message: string): string {
  if (/^Did you mean/.test(message)) return `unknown verb "${args[0]}". ${message}`;
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)?.[1]?.split(", ");
  if (unknown === undefined) return message;
  const flags = [
    "inventory",
    "limit",
    "extra-vars",
    "tags",
    "skip-tags",
    "start-at-task",
    "force-handlers",
    "list-tasks",
    "list-tags",
    "list-hosts",
    "list",
    "graph",
    "host",
    "show-secrets",
    "facts-cache",
    "check",
    "diff",
    "forks",
    "output",
    "verbose",
    "accept-new-host-keys",
    "hosts",
    "latency",
    "help",
    "version",
  ];
  return [...new Set(unknown)]
    .filter((name, _, all) => !(all.includes(kebab(name)) && kebab(name) !== name))
    .map((name) => {
      const flag = args.some((arg) => arg.startsWith(`--${name}`)) ? `--${name}` : name;
      return `unknown argument ${flag}.${didYouMean(name, flags).replace(/"(.*)"/, '"--$1"')}`;
    })
    .join("\n");
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const main = async (): Promise<void> => {
  try {
    await cli.parseAsync();
  } catch (error) {
    reportProblem(error, verbosity);
    process.exitCode = EXIT_PROBLEM;
  }
};

void main();
