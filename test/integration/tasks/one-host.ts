import { readFileSync } from "node:fs";
import { defineContract, inventory } from "weft";
import * as z from "zod";

/** A group without variables. */
export const contract = defineContract({ all: z.object({}) });

const lab = process.env.WEFT_LAB_DIR;
const up: { loopback: string; sshPort: number } = JSON.parse(
  readFileSync(`${lab}/lab.json`, "utf8"),
);

export default inventory(contract, {
  hosts: {
    "lab-1": {
      address: `${up.loopback}.105`,
      port: up.sshPort,
      user: "root",
      identityFiles: [`${lab}/ssh/id_ed25519`],
      knownHostsFiles: [`${lab}/ssh/known_hosts`],
      agent: false,
    },
  },
  groups: { all: { "lab-1": {} } },
});
