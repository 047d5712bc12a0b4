import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Inventory } from "../../inventory/resolve.ts";
import { taskPages } from "../task-pages.ts";
import type { Known } from "./candidates.ts";

type Given = ReadonlyMap<string, readonly string[]>;

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/** Inventories that are programs may ask a cloud for minutes: a key press is no order to run them. */
const runsProgram = (path: string): boolean => {
  try {
    const names = statSync(path).isDirectory() ? readdirSync(path) : [];
    return isProgram(path) || names.some((name) => isProgram(join(path, name)));
  } catch {
    return false;
  }
};

const readInventory = async (given: Given): Promise<Inventory> => {
  const inventory = (given.get("inventory") ?? []).filter((path) => !runsProgram(path));
  if (inventory.length < (given.get("inventory")?.length ?? 0)) {
    return { file: "", hint: undefined, hosts: [], groups: new Map() };
  }
  const [{ contractOf, readInventories }, { resolveLayers }] = await Promise.all([
    import("../open-inventory.ts"),
    import("../../inventory/resolve.ts"),
  ]);
  const [playbook] = given.get("playbook") ?? [];
  const found = await readInventories(
    {
      inventory,
      limit: undefined,
      extraVars: given.get("extra-vars"),
      identity: given.get("identity"),
    },
    playbook === undefined ? {} : { playbookFolder: dirname(playbook) },
  );
  return resolveLayers(found.layers, contractOf(found), found.extra);
};

const listed = async (given: Given) => {
  const [playbook] = given.get("playbook") ?? [];
  if (playbook === undefined) return [];
  const [{ loadPlaybook }, { listPlay }] = await Promise.all([
    import("../load.ts"),
    import("../list-playbook.ts"),
  ]);
  const [{ plays }, inventory] = await Promise.all([loadPlaybook(playbook), readInventory(given)]);
  const hosts = inventory.hosts.map(({ name }) => name);
  const selection = { tags: [], skipTags: [] };
  return plays.flatMap((play) => [...listPlay(play, inventory, hosts, selection).tasks]);
};

/** What can be learnt from the files that a command line names so far. */
export const knownFrom = (given: Given): Known => ({
  hosts: async () => (await readInventory(given)).hosts.map(({ name }) => name),
  members: async () => {
    const { hosts, groups } = await readInventory(given);
    const hostNames = hosts.map(({ name }) => ({ value: name, describe: "host" }));
    const groupNames = [...groups.keys()].map((name) => ({ value: name, describe: "group" }));
    return [{ value: "all", describe: "every host" }, ...groupNames, ...hostNames].filter(
      ({ value }, index, all) => all.findIndex((it) => it.value === value) === index,
    );
  },
  tags: async () => [...new Set((await listed(given)).flatMap(([, tags]) => tags))].sort(),
  titles: async () => (await listed(given)).map(([title]) => title),
  tasks: async () => taskPages().map(({ name, summary }) => ({ value: name, describe: summary })),
  playbookFlags: async () => {
    const [playbook] = given.get("playbook") ?? [];
    if (playbook === undefined) return [];
    const [{ loadPlaybook }, { playbookFlags }] = await Promise.all([
      import("../load.ts"),
      import("../playbook-options.ts"),
    ]);
    try {
      const flags = playbookFlags(await loadPlaybook(playbook));
      return flags.map(({ name, describe }) => ({ value: name, describe }));
    } catch {
      // The verb's own flags are completed while the playbook is not right yet.
      return [];
    }
  },
  labHosts: async () => {
    const { defaultLabDir, readLabState } = await import("../../lab/state.ts");
    const { hosts } = await readLabState(process.env.WEFT_LAB_DIR ?? defaultLabDir);
    return hosts.map(({ name }) => name);
  },
});
