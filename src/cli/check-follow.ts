import type { Inventory } from "../inventory/resolve.ts";
import { Problem } from "../problem.ts";
import { didYouMean } from "../suggest.ts";

/** What the followed host is looked for in; `hosts` are names. */
interface Participants {
  readonly inventory: Inventory;
  /** What `--limit` leaves. */
  readonly limit: readonly string[];
  /** Hosts of the limit that some play has tasks for. */
  readonly hosts: readonly string[];
}

/**
 * Checks that the host to be followed takes part in the run.
 *
 * @throws Problem where it does not, with why
 */
export const checkFollow = (
  host: string | undefined,
  { inventory, limit, hosts }: Participants,
): void => {
  if (host === undefined || hosts.includes(host)) return;
  const names = inventory.hosts.map(({ name }) => name);
  if (!names.includes(host)) {
    throw new Problem(
      `--follow ${host}: ${inventory.file} has no such host.${didYouMean(host, names)}`,
      { hint: "weft inventory --graph lists the hosts. --follow takes one name, no pattern." },
    );
  }
  throw new Problem(
    limit.includes(host)
      ? `--follow ${host}: no play of the playbook is for this host`
      : `--follow ${host}: --limit leaves this host out`,
    { hint: "The same command with --list-hosts lists the hosts of the run." },
  );
};
