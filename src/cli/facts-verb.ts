import { homedir, userInfo } from "node:os";
import { Problem } from "../problem.ts";
import { askFacts, type FactsAnswer } from "../run/ask-facts.ts";
import { ssh2Transport } from "../ssh/ssh2-transport.ts";
import { factsText } from "../ui/facts-text.ts";
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_UNREACHABLE } from "./exit-codes.ts";
import type { FactsArguments } from "./facts.ts";
import { factsCache } from "./facts-cache.ts";
import { interruptible } from "./interrupt.ts";
import { limitHosts } from "./limit-hosts.ts";
import {
  checkInventories,
  contractOf,
  readInventories,
  refuseNotReady,
  refuseUnsupported,
} from "./open-inventory.ts";

type Answers = ReadonlyMap<string, FactsAnswer>;

const printJson = (names: readonly string[], answers: Answers): void => {
  const facts = names.flatMap((name) => {
    const answer = answers.get(name);
    return answer?.kind === "facts" ? [[name, answer.facts] as const] : [];
  });
  process.stdout.write(`${JSON.stringify(Object.fromEntries(facts), undefined, 2)}\n`);
};

const printText = (names: readonly string[], answers: Answers): void => {
  for (const name of names) {
    const answer = answers.get(name);
    if (answer?.kind === "facts") process.stdout.write(`${factsText(name, answer.facts)}\n`);
  }
};

const reportFailures = (answers: Answers): void => {
  for (const [name, answer] of answers) {
    if (answer.kind === "facts") continue;
    const { message, hint } = answer.failure;
    process.stderr.write(`${name}: ${answer.kind}: ${message}\n`);
    if (hint !== undefined) process.stderr.write(`  Try: ${hint}\n`);
  }
};

/**
 * Asks hosts for their facts, prints them and sets the process's exit code.
 *
 * @throws Problem, before any host is touched, where something that the user gave is wrong
 */
export const factsVerb = async (args: FactsArguments): Promise<void> => {
  if (!Number.isInteger(args.forks) || args.forks < 1) {
    throw new Problem(`--forks: expected a whole number from 1, got ${args.forks}`);
  }
  const given = await readInventories(args);
  refuseNotReady(given);
  const inventory = checkInventories(given, contractOf(given));
  const names = limitHosts(args.limit, inventory);
  const hosts = inventory.hosts.filter(({ name }) => names.includes(name));
  refuseUnsupported(hosts);
  const transport = ssh2Transport({
    agentSocket: process.env.SSH_AUTH_SOCK,
    home: homedir(),
    userName: userInfo().username,
    acceptNewHostKeys: args.acceptNewHostKeys,
  });
  transport.checkIdentities(hosts, inventory.file);
  const { signal } = interruptible();
  const cache = args.factsCache === undefined ? undefined : factsCache(args.factsCache, hosts);
  const answers = await askFacts(hosts, { transport, forks: args.forks, cache, signal });
  const asText = args.output === "plain" || (args.output === "auto" && process.stdout.isTTY);
  if (asText) printText(names, answers);
  else printJson(names, answers);
  reportFailures(answers);
  const kinds = new Set([...answers.values()].map(({ kind }) => kind));
  if (signal.aborted) process.exitCode = EXIT_INTERRUPTED;
  else if (kinds.has("failed")) process.exitCode = EXIT_FAILED;
  else if (kinds.has("unreachable")) process.exitCode = EXIT_UNREACHABLE;
};
