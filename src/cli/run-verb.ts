import { existsSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import { matchHosts } from "../inventory/pattern.ts";
import { resolveInventory } from "../inventory/resolve.ts";
import { Problem } from "../problem.ts";
import { runPlaybook } from "../run/run-playbook.ts";
import { ssh2Transport } from "../ssh/ssh2-transport.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import { loadInventory, loadPlaybook, shownPath } from "./load.ts";
import type { RunArguments } from "./run.ts";
import { terminalRenderer } from "./terminal-renderer.ts";

/** The lab's inventory: the project's own where it has one, else the one that weft brings. */
const defaultInventory = (): string => {
  const own = "inventory/lab.ts";
  return existsSync(own) ? own : fileURLToPath(new URL("../inventory/lab.ts", import.meta.url));
};

/**
 * Runs a playbook and sets the process's exit code.
 *
 * @throws Problem, before any host is touched, where something that the user gave is wrong
 */
export const runVerb = async (args: RunArguments): Promise<void> => {
  if (!Number.isInteger(args.forks) || args.forks < 1) {
    throw new Problem(`--forks: expected a whole number from 1, got ${args.forks}`);
  }
  const inventoryFile = args.inventory ?? defaultInventory();
  const definition = await loadInventory(inventoryFile);
  const playbook = await loadPlaybook(args.playbook);
  const inventory = resolveInventory(definition, playbook.contract, shownPath(inventoryFile));
  const limit = matchHosts(args.limit ?? "all", inventory);
  const transport = ssh2Transport({
    agentSocket: process.env.SSH_AUTH_SOCK,
    home: homedir(),
    userName: userInfo().username,
    acceptNewHostKeys: args.acceptNewHostKeys,
  });
  transport.checkIdentities(
    inventory.hosts.filter(({ name }) => limit.includes(name)),
    inventory.file,
  );
  const controller = interruptible();
  const renderer = await terminalRenderer(args.output, {
    verbosity: args.verbose,
    showDiff: args.diff,
  });
  try {
    const result = await runPlaybook({
      file: args.playbook,
      playbook,
      inventory,
      limit,
      transport,
      check: args.check,
      forks: args.forks,
      emit: renderer.emit,
      signal: controller.signal,
    });
    process.exitCode = exitCodeOf(result);
  } finally {
    await renderer.close();
  }
};
