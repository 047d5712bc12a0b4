import { dirname } from "node:path";
import type { Inventory, InventoryHost } from "../inventory/resolve.ts";
import type { Playbook } from "../playbook.ts";
import { runPlaybook } from "../run/run-playbook.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { factsCache } from "./facts-cache.ts";
import { interruptible } from "./interrupt.ts";
import { checkForks } from "./inventory-options.ts";
import { rememberRun } from "./last-run.ts";
import { limitHosts } from "./limit-hosts.ts";
import { listPlaybook } from "./list-playbook.ts";
import { loadPlaybook } from "./load.ts";
import {
  checkInventories,
  readInventories,
  refuseNotReady,
  refuseUnsupported,
} from "./open-inventory.ts";
import { openTransport } from "./open-transport.ts";
import type { RunArguments } from "./run.ts";
import { selectionOf } from "./selection-options.ts";
import { terminalRenderer } from "./terminal-renderer.ts";

/** Hosts of the limit that some play has tasks for. */
const participants = (
  inventory: Inventory,
  playbook: Playbook,
  limit: readonly string[],
): readonly InventoryHost[] => {
  const members = new Set(
    playbook.plays
      .flatMap(({ hosts }) => inventory.groups.get(hosts) ?? [])
      .map(({ name }) => name),
  );
  return inventory.hosts.filter(({ name }) => limit.includes(name) && members.has(name));
};

/**
 * Runs a playbook and sets the process's exit code.
 *
 * @throws Problem, before any host is touched, where something that the user gave is wrong
 */
export const runVerb = async (args: RunArguments): Promise<void> => {
  checkForks(args.forks);
  const given = await readInventories(args, { playbookFolder: dirname(args.playbook) });
  const playbook = await loadPlaybook(args.playbook);
  const listing = { hosts: args.listHosts, tasks: args.listTasks, tags: args.listTags };
  const onlyLists = Object.values(listing).includes(true);
  if (!onlyLists) refuseNotReady(given);
  const inventory = checkInventories(given, playbook.contract);
  const limit = limitHosts(args.limit, inventory);
  const hosts = participants(inventory, playbook, limit);
  const selection = selectionOf(args);
  if (onlyLists) {
    process.stdout.write(`${listPlaybook(playbook, inventory, limit, { selection, listing })}\n`);
    return;
  }
  refuseUnsupported(hosts);
  const { acceptNewHostKeys } = args;
  const transport = await openTransport({ hosts, inventory, acceptNewHostKeys });
  const cache = args.factsCache === undefined ? undefined : factsCache(args.factsCache, hosts);
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
      selection,
      forceHandlers: args.forceHandlers,
      ...(cache !== undefined && { factsCache: cache }),
      emit: renderer.emit,
      signal: controller.signal,
    });
    // A dry run fixes nothing: what is still to be mended stays known.
    if (!args.check) rememberRun(args.playbook, result);
    process.exitCode = exitCodeOf(result);
  } finally {
    await renderer.close();
  }
};
