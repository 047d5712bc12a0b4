import { defineContract } from "weft";
import * as z from "zod";

/** The variables of a server. */
const servers = z.strictObject({
  /** What it is for: users read it when they log in. */
  purpose: z.string().min(1),
  packages: z.array(z.string()).default(["rsync"]),
});

/** The variables that the hosts of each group must have: inventories are checked against it. */
export const contract = defineContract({ servers });
