// An inventory of one host, for a run of a real playbook that goes as far as it gets without a host that does something.
import { join } from "node:path";

export const oneHost = (root, port) => `import { inventory } from "weft";
import { contract } from ${JSON.stringify(join(root, "inventory/contract.ts"))};
export default inventory(contract, {
  hosts: { one: { address: "127.0.0.1", port: ${port} } },
  groups: { mesh: { one: { underlay: { address: "192.0.2.1" } } } },
});
`;
