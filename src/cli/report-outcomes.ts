import type { HostOutcome } from "../run/on-hosts.ts";

/** Says on standard error which hosts gave nothing, why, and what to try. */
export const reportOutcomes = (outcomes: ReadonlyMap<string, HostOutcome<unknown>>): void => {
  for (const [host, outcome] of outcomes) {
    if (outcome.kind === "done") continue;
    const { message, hint } = outcome.failure;
    process.stderr.write(`${host}: ${outcome.kind}: ${message}\n`);
    if (hint !== undefined) process.stderr.write(`  Try: ${hint}\n`);
  }
};
