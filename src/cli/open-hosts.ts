import type { Contract } from "../inventory/contract.ts";
import type { Inventory, InventoryHost } from "../inventory/resolve.ts";
import { Problem } from "../problem.ts";
import type { Transport } from "../ssh/transport.ts";
import type { BecomeArguments } from "./become-options.ts";
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
import { withBecome } from "./with-become.ts";

/** What the verbs without a playbook work on. */
export interface OpenHosts {
  readonly inventory: Inventory;
  readonly hosts: readonly InventoryHost[];
  readonly transport: Transport;
}

interface HostChoice {
  readonly pattern?: string;
  /** Where no inventory brings one that has groups: Ansible's never do. */
  readonly contract?: Contract;
}

/** What the options of those verbs give. */
export interface HostsArguments extends InventoryArguments, BecomeArguments {
  readonly forks: number;
  readonly acceptNewHostKeys: boolean;
}

/**
 * Reads the inventories and chooses the hosts: those of the pattern that `--limit` leaves.
 *
 * @throws Problem, before any host is touched, where something that the user gave is wrong
 */
export const openHosts = async (
  args: HostsArguments,
  { pattern = "all", contract }: HostChoice = {},
): Promise<OpenHosts> => {
  checkForks(args.forks);
  const given = await readInventories(args);
  refuseNotReady(given);
  const checked = checkInventories(given, contractOf(given, contract));
  const wanted = limitHosts(pattern, checked);
  const left = limitHosts(args.limit, checked);
  const chosen = checked.hosts.filter(({ name }) => wanted.includes(name) && left.includes(name));
  if (chosen.length === 0) throw new Problem(`--limit ${args.limit} leaves no host of ${pattern}`);
  refuseUnsupported(chosen);
  const inventory = await withBecome(checked, args);
  const hosts = inventory.hosts.filter(({ name }) => chosen.some((host) => host.name === name));
  const { acceptNewHostKeys } = args;
  const transport = await openTransport({ hosts, inventory, acceptNewHostKeys });
  return { inventory, hosts, transport };
};
