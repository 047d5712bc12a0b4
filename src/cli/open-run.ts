import { dirname } from "node:path";
import { withHandlers } from "../handlers.ts";
import type { Inventory, InventoryHost } from "../inventory/resolve.ts";
import type { Playbook } from "../playbook.ts";
import { buildTasks } from "../run/build-tasks.ts";
import type { RunPlaybookOptions } from "../run/run-playbook.ts";
import type { Selection } from "../run/select-tasks.ts";
import type { Task } from "../task.ts";
import { tasksOf } from "../task-list.ts";
import type { BecomeArguments } from "./become-options.ts";
import { checkFollow } from "./check-follow.ts";
import { factsCache } from "./facts-cache.ts";
import { checkForks, type InventoryArguments } from "./inventory-options.ts";
import { limitHosts } from "./limit-hosts.ts";
import { loadPlaybook } from "./load.ts";
import {
  checkInventories,
  readInventories,
  refuseNotReady,
  refuseUnsupported,
} from "./open-inventory.ts";
import { openTransport } from "./open-transport.ts";
import { type SelectionArguments, selectionOf } from "./selection-options.ts";
import { withBecome } from "./with-become.ts";

/** A playbook and what it is to run over. */
export interface PlannedRun {
  readonly playbook: Playbook;
  readonly inventory: Inventory;
  /** Names of the hosts that the run is limited to. */
  readonly limit: readonly string[];
  /** Those of them that some play has tasks for. */
  readonly hosts: readonly InventoryHost[];
  readonly selection: Selection;
}

interface PlaybookArguments extends InventoryArguments, SelectionArguments {
  readonly playbook: string;
  readonly forks: number;
}

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
 * Loads a playbook and the inventories, and checks them against each other.
 *
 * @param onlyLists no host will be touched: the hosts need not be ready
 * @throws Problem where something that the user gave is wrong
 */
export const loadRun = async (
  args: PlaybookArguments,
  { onlyLists = false } = {},
): Promise<PlannedRun> => {
  checkForks(args.forks);
  const given = await readInventories(args, { playbookFolder: dirname(args.playbook) });
  const playbook = await loadPlaybook(args.playbook);
  if (!onlyLists) refuseNotReady(given);
  const inventory = checkInventories(given, playbook.contract);
  const limit = limitHosts(args.limit, inventory);
  const hosts = participants(inventory, playbook, limit);
  return { playbook, inventory, limit, hosts, selection: selectionOf(args) };
};

/** The tasks of all hosts, as far as they are known before the run. */
const knownTasks = ({ playbook, inventory, hosts }: PlannedRun): readonly Task[] =>
  withHandlers(
    hosts.flatMap(({ name }) =>
      playbook.plays
        .filter((play) => inventory.groups.get(play.hosts)?.some((peer) => peer.name === name))
        .map((play) => buildTasks(play, name, inventory))
        .flatMap((built) =>
          built.kind === "tasks" ? tasksOf(built.items, { rescues: true }) : [],
        ),
    ),
  );

/** Hosts that tasks are delegated to, and no play is for. */
const delegates = (
  { inventory, hosts }: PlannedRun,
  tasks: readonly Task[],
): readonly InventoryHost[] => {
  const names = new Set(tasks.flatMap(({ settings }) => settings?.delegateTo ?? []));
  return inventory.hosts.filter((host) => names.has(host.name) && !hosts.includes(host));
};

interface OpenRunArguments extends PlaybookArguments, BecomeArguments {
  readonly acceptNewHostKeys: boolean;
  readonly factsCache: string | undefined;
  readonly forceHandlers: boolean;
  readonly follow: string | undefined;
}

/** A run whose hosts can be reached. */
export interface OpenRun {
  /** What the engine wants to know, but for what differs between verbs. */
  readonly options: Omit<RunPlaybookOptions, "check" | "emit" | "signal">;
  /** Some task waits for somebody at the terminal. */
  readonly waits: boolean;
}

/**
 * Opens the way to the hosts of a run.
 *
 * @throws Problem, before any host is touched, where something that the user gave is wrong
 */
export const openRun = async (run: PlannedRun, args: OpenRunArguments): Promise<OpenRun> => {
  const { playbook, limit, selection } = run;
  checkFollow(args.follow, {
    inventory: run.inventory,
    limit,
    hosts: run.hosts.map(({ name }) => name),
  });
  const tasks = knownTasks(run);
  const hosts = [...run.hosts, ...delegates(run, tasks)];
  refuseUnsupported(hosts);
  const inventory = await withBecome(run.inventory, args);
  const { acceptNewHostKeys } = args;
  const transport = await openTransport({ hosts, inventory, acceptNewHostKeys });
  return {
    options: {
      file: args.playbook,
      playbook,
      inventory,
      limit,
      selection,
      transport,
      forks: args.forks,
      forceHandlers: args.forceHandlers,
      ...(args.factsCache !== undefined && { factsCache: factsCache(args.factsCache, hosts) }),
    },
    waits: tasks.some((task) => task.acknowledge !== undefined),
  };
};
