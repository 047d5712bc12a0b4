import { inventory } from "weft";
import { contract } from "./contract.ts";

/** A mesh of two hosts of your own: copy this file, put your hosts in, and name it with `-i`. */
export default inventory(contract, {
  hosts: {
    "node-1": { address: "node-1.example.com", user: "root" },
    "node-2": { address: "node-2.example.com", user: "root" },
  },
  groups: {
    mesh: {
      "node-1": { underlay: { address: "192.0.2.11" } },
      "node-2": {
        underlay: { address: "192.0.2.12" },
        containers: [
          {
            name: "web",
            image: "nginx",
            network: "bridge",
            nics: [{ name: "eth1", address: "10.1.2.31/24" }],
          },
        ],
      },
    },
  },
});
