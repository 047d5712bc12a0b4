import { applyCommand } from "./apply.ts";
import { completionCommand } from "./completion.ts";
import { doctorCommand } from "./doctor.ts";
import { execCommand } from "./exec.ts";
import { factsCommand } from "./facts.ts";
import { graphCommand } from "./graph.ts";
import { initCommand } from "./init.ts";
import { inventoryCommand } from "./inventory.ts";
import { labCommand } from "./lab.ts";
import { pingCommand } from "./ping.ts";
import { planCommand } from "./plan.ts";
import { runCommand } from "./run.ts";
import { secretsCommand } from "./secrets.ts";
import { tasksCommand } from "./tasks.ts";

/** Every verb, in the order of `weft --help`. */
export const verbs = [
  runCommand,
  planCommand,
  applyCommand,
  execCommand,
  pingCommand,
  inventoryCommand,
  factsCommand,
  graphCommand,
  tasksCommand,
  secretsCommand,
  labCommand,
  initCommand,
  doctorCommand,
  completionCommand,
];
