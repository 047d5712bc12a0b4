import { sh, task } from "weft";
import { askService, parseService, planService } from "../service.ts";

/**
 * A service that is to start with the host runs: one that was stopped could not let go of what it has.
 * One that the host does not have, or does not start, has nothing of the network.
 */
export const serviceAwake = (unit: string) =>
  task({
    title: `${unit} runs, to let go of what it has`,
    probe: { command: sh`${askService(unit)}`, parse: ({ stdout }) => parseService(stdout) },
    plan: (now) => (now.file === "enabled" ? planService({ unit }, now) : []),
  });
