import { existsSync, readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import * as z from "zod";
import * as weft from "../index.ts";
import { type InventoryDefinition, isInventory } from "../inventory/inventory.ts";
import { messageOf } from "../message-of.ts";
import { isPlaybook, type Playbook } from "../playbook.ts";
import { Problem } from "../problem.ts";
import { shownPath } from "../shown-path.ts";
import { didYouMean } from "../suggest.ts";
import { cacheFolder } from "./cache-folder.ts";
import { packageFolder } from "./manifest.ts";
import { TypeScriptLoader } from "./typescript-loader.ts";

// Playbooks get this very copy of the library and of zod: classes and schemas are the same ones.
const loader = new TypeScriptLoader({
  modules: { weft: async () => weft, zod: async () => z },
  packageModules: { "ipaddr.js": () => import("ipaddr.js") },
  packageFolder: packageFolder(),
  cacheFolder: join(cacheFolder(), "modules"),
});

/** The real path of a file or folder. @throws Problem that suggests one of a similar name. */
export const existing = (path: string, what: string): string => {
  const file = resolve(path);
  if (existsSync(file)) return realpathSync(file);
  const folder = dirname(file);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const meant = didYouMean(basename(file), names).replace(
    /"(.*)"/,
    (_, name: string) => `"${shownPath(resolve(folder, name))}"`,
  );
  throw new Problem(`${what} ${path}: no such file.${meant}`);
};

const firstLines = (error: unknown): string => {
  const message = messageOf(error);
  return message.trim();
};

const importDefault = async (file: string, what: string): Promise<unknown> => {
  try {
    return await loader.import(file);
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem(`${what} ${shownPath(file)} cannot be loaded: ${firstLines(cause)}`, {
      cause,
    });
  }
};

/** Loads a playbook, a TypeScript file. @throws Problem where it cannot be, or is none. */
export const loadPlaybook = async (path: string): Promise<Playbook> => {
  const file = existing(path, "playbook");
  const loaded = await importDefault(file, "playbook");
  if (isPlaybook(loaded)) return loaded;
  throw new Problem(`playbook ${shownPath(file)} exports no playbook`, {
    hint: "End it with: export default playbook(contract, [ ... ]);",
  });
};

/** Loads an inventory, a TypeScript file. @throws Problem where it cannot be, or is none. */
export const loadInventory = async (path: string): Promise<InventoryDefinition> => {
  const file = existing(path, "inventory");
  const loaded = await importDefault(file, "inventory");
  if (isInventory(loaded)) return loaded;
  throw new Problem(`inventory ${shownPath(file)} exports no inventory`, {
    hint: "End it with: export default inventory(contract, { hosts: { ... }, groups: { ... } });",
  });
};
