import type { Inventory, InventoryHost } from "../inventory/resolve.ts";
import { Problem } from "../problem.ts";
import type { Transport } from "../ssh/transport.ts";
import { checkForks, type InventoryArguments } from "./inventory-options.ts";
import { limitHosts } from "./limit-hosts.ts";
import {
  checkInventories,
  contractOf,
  readInventories,
  refuseNotReady,
  refuseUnsupported,
} from "./open-inventory.ts";
import { openTransport } from "./open-transport.ts";

/** What the verbs without a playbook work on. */
export interface OpenHosts {
  readonly inventory: Inventory;
  readonly hosts: readonly InventoryHost[];
  readonly transport: Transport;
}

/**
 * Reads the inventories and chooses the hosts: those of the pattern that `--limit` leaves.
 *
 * @throws Problem, before any host is touched, where something that the user gave is wrong
 */
export const openHosts = async (
  args: InventoryArguments & { readonly forks: number; readonly acceptNewHostKeys: boolean },
  pattern = "all",
): Promise<OpenHosts> => {
  checkForks(args.forks);
  const given = await readInventories(args);
  refuseNotReady(given);
  const inventory = checkInventories(given, contractOf(given));
  const wanted = limitHosts(pattern, inventory);
  const left = limitHosts(args.limit, inventory);
  const hosts = inventory.hosts.filter(({ name }) => wanted.includes(name) && left.includes(name));
  if (hosts.length === 0) throw new Problem(`--limit ${args.limit} leaves no host of ${pattern}`);
  refuseUnsupported(hosts);
  const { acceptNewHostKeys } = args;
  const transport = await openTransport({ hosts, inventory, acceptNewHostKeys });
  return { inventory, hosts, transport };
};
