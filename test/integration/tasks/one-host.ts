import { defineContract, inventory } from "weft";
import * as z from "zod";

/** A group without variables. */
export const contract = defineContract({ all: z.object({}) });

const lab = process.env.WEFT_LAB_DIR;

export default inventory(contract, {
  hosts: {
    "lab-1": {
      address: `${process.env.WEFT_LAB_LOOPBACK}.105`,
      user: "root",
      identityFiles: [`${lab}/ssh/id_ed25519`],
      knownHostsFiles: [`${lab}/ssh/known_hosts`],
      agent: false,
    },
  },
  groups: { all: { "lab-1": {} } },
});
