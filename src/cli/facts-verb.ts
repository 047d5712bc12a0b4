import { becomeOf } from "../become.ts";
import type { Facts } from "../facts.ts";
import { readFacts } from "../run/gather-facts.ts";
import { onHosts } from "../run/on-hosts.ts";
import { factsText } from "../ui/facts-text.ts";
import { exitCodeOfOutcomes } from "./exit-codes.ts";
import type { FactsArguments } from "./facts.ts";
import { factsCache } from "./facts-cache.ts";
import { interruptible } from "./interrupt.ts";
import { openHosts } from "./open-hosts.ts";
import { reportOutcomes } from "./report-outcomes.ts";

type Told = readonly (readonly [host: string, facts: Facts])[];

const shown = (told: Told, output: FactsArguments["output"]): string => {
  const isText = output === "plain" || (output === "auto" && process.stdout.isTTY);
  if (!isText) return `${JSON.stringify(Object.fromEntries(told), undefined, 2)}\n`;
  return told.map(([host, facts]) => `${factsText(host, facts)}\n`).join("");
};

/**
 * Asks hosts for their facts, prints them and sets the process's exit code: 2 where a host failed, 4
 * where one is unreachable. Hosts that a cache knows are not asked.
 *
 * @throws Problem, before any host is touched, where something that the user gave is wrong
 */
export const factsVerb = async (args: FactsArguments): Promise<void> => {
  const { hosts, inventory, transport } = await openHosts(args);
  const { signal } = interruptible();
  const cache = args.factsCache === undefined ? undefined : factsCache(args.factsCache, hosts);
  const known = new Map(hosts.map(({ name }) => [name, cache?.get(name)]));
  const outcomes = await onHosts(
    hosts.filter(({ name }) => known.get(name) === undefined),
    { transport, forks: args.forks, signal },
    async (session, { name, connection }) => {
      const facts = await readFacts(session, signal, becomeOf(connection));
      cache?.set(name, facts);
      return facts;
    },
  );
  const told = hosts.flatMap(({ name }): Told => {
    const outcome = outcomes.get(name);
    const facts = outcome?.kind === "done" ? outcome.value : known.get(name);
    return facts === undefined ? [] : [[name, facts]];
  });
  process.stdout.write(shown(told, args.output));
  reportOutcomes(outcomes, inventory.hint);
  process.exitCode = exitCodeOfOutcomes(outcomes, { interrupted: signal.aborted });
};
