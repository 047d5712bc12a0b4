import type { Inventory } from "../../inventory/resolve.ts";
import { counted } from "../../ui/counted.ts";
import type { Finding } from "../../ui/findings-text.ts";
import type { InventoryArguments } from "../inventory-options.ts";
import { checkInventories, contractOf, readInventories } from "../open-inventory.ts";
import { resolvedConnection } from "../resolved-connection.ts";
import { checkKeyFiles } from "./keys.ts";
import { problemFinding } from "./problem-finding.ts";

const area = "inventory";

/** How each host would be reached: what of it weft cannot honour, and the key files that are named. */
const checkConnections = (inventory: Inventory, held: readonly Buffer[]): readonly Finding[] => {
  const keyFiles = new Set<string>();
  const faults: Finding[] = [];
  for (const host of inventory.hosts) {
    const refusals = host.refusals ?? [];
    faults.push(...refusals.map((message): Finding => ({ area, level: "problem", message })));
    if (host.connection.connection === "local") continue;
    try {
      for (const file of resolvedConnection(host, inventory).identityFiles) keyFiles.add(file);
    } catch (error) {
      faults.push(problemFinding(area, error));
    }
  }
  return [...faults, ...checkKeyFiles([...keyFiles], held)];
};

/**
 * Whether inventories can be read, their secrets opened, and all that they say of hosts honoured.
 *
 * @param held public keys of the user's agent
 */
export const checkInventory = async (
  args: InventoryArguments,
  held: readonly Buffer[],
): Promise<readonly Finding[]> => {
  try {
    const given = await readInventories(args);
    const inventory = checkInventories(given, contractOf(given));
    const hosts = counted(inventory.hosts.length, "host");
    const groups = counted(inventory.groups.size, "group");
    const message = `${inventory.file}: ${hosts} in ${groups}`;
    return [{ area, level: "ok", message }, ...checkConnections(inventory, held)];
  } catch (error) {
    return [problemFinding(area, error)];
  }
};
