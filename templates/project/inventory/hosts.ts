import { inventory } from "weft";
import { contract } from "./contract.ts";

export default inventory(contract, {
  hosts: {
    // This machine, to begin with. A host of your own: "web-1": { address: "web-1.example.com", user: "root" },
    here: { address: "localhost", connection: "local" },
  },
  groups: {
    servers: {
      here: { purpose: "trying weft" },
    },
  },
});
