import { fileURLToPath } from "node:url";

const at = (name: string): string =>
  JSON.stringify(fileURLToPath(new URL(`../../inventory/${name}`, import.meta.url)));

/**
 * The text of an inventory that is the lab's with edits: statements about `hosts`, `mesh` and `dhcp`.
 * They may say what no inventory may, so they go without types.
 */
export const editedInventory = (...edits: readonly string[]): string =>
  `import { inventory } from "weft";
import { contract } from ${at("contract.ts")};
import lab from ${at("lab.ts")};
const { hosts, groups: { mesh, dhcp } } = structuredClone({ hosts: lab.hosts, groups: lab.groups }) as any;
${edits.join("\n")}
export default inventory(contract, { hosts, groups: { mesh, dhcp } });
`;
