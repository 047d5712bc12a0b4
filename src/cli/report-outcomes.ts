import type { HostOutcome } from "../run/on-hosts.ts";
import { knownSecrets } from "../shell/secret-register.ts";

/**
 * Says on standard error which hosts gave nothing, why, and what to try.
 *
 * @param inventoryHint what the inventory says of hosts that don't answer, such as how to start them
 */
export const reportOutcomes = (
  outcomes: ReadonlyMap<string, HostOutcome<unknown>>,
  inventoryHint: string | undefined,
): void => {
  for (const [host, outcome] of outcomes) {
    if (outcome.kind === "done") continue;
    const message = knownSecrets.mask(outcome.failure.message);
    const { hint } = outcome.failure;
    process.stderr.write(`${host}: ${outcome.kind}: ${message}\n`);
    if (hint !== undefined) process.stderr.write(`  Try: ${hint}\n`);
    if (inventoryHint !== undefined && outcome.kind === "unreachable") {
      process.stderr.write(`  ${inventoryHint}\n`);
    }
  }
};
