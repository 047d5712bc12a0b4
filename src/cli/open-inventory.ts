import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { LoadedSources, Source } from "../inventory/ansible/load.ts";
import type { Contract } from "../inventory/contract.ts";
import type { ExtraVars, Layer, TypedLayer } from "../inventory/layer.ts";
import { type Inventory, type InventoryHost, resolveLayers } from "../inventory/resolve.ts";
import { Problem } from "../problem.ts";
import { shownPath } from "../shown-path.ts";
import type { InventoryArguments } from "./inventory-options.ts";
import { existing, loadInventory } from "./load.ts";
import { openKeyring } from "./secrets/open-keyring.ts";

/** The lab's inventory: the project's own where it has one, else the one that weft brings. */
const defaultInventory = (): string => {
  const own = "inventory/lab.ts";
  return existsSync(own) ? own : fileURLToPath(new URL("../inventory/lab.ts", import.meta.url));
};

const TYPED = /\.[cm]?[jt]s$/;

const sourceOf = async (given: string): Promise<Source> => {
  if (given.includes(",") && !existsSync(given)) return { kind: "names", list: given };
  if (TYPED.test(given)) {
    return { kind: "typed", file: shownPath(given), definition: await loadInventory(given) };
  }
  // Not the real path: group_vars beside a link count, as they do in Ansible.
  existing(given, "inventory");
  return { kind: "file", path: given, file: given };
};

const isTyped = (source: Source): source is TypedLayer => source.kind === "typed";

/** Inventories as they were given, before any contract. */
export interface GivenInventories {
  readonly sources: readonly Source[];
  readonly layers: readonly Layer[];
  readonly extra: ExtraVars | undefined;
  /** What the Ansible inventories among them came to. */
  readonly loaded: LoadedSources | undefined;
}

interface ReadOptions {
  /** Folder of the playbook, whose group_vars and host_vars count where there are Ansible inventories. */
  readonly playbookFolder?: string;
  /** Reads typed inventories as Ansible would see them even where there are no others. */
  readonly asAnsible?: boolean;
}

/** Ansible inventories are one layer, which stands where the last of them was given. */
const layersOf = (
  sources: readonly Source[],
  loaded: LoadedSources | undefined,
): readonly Layer[] => {
  const last = sources.findLastIndex((source) => !isTyped(source));
  return sources.flatMap((source, index): readonly Layer[] => {
    if (isTyped(source)) return [source];
    return index === last && loaded ? [loaded.layer] : [];
  });
};

/** Reads what `-i` and `-e` name. @throws Problem where one cannot be read. */
export const readInventories = async (
  args: InventoryArguments,
  { playbookFolder, asAnsible = false }: ReadOptions = {},
): Promise<GivenInventories> => {
  openKeyring(args.identity);
  const given = args.inventory?.length ? args.inventory : [defaultInventory()];
  const sources: Source[] = [];
  for (const one of given) sources.push(await sourceOf(one));
  const extra = args.extraVars?.length
    ? await (await import("../inventory/ansible/extra-vars.ts")).readExtraVars(args.extraVars)
    : undefined;
  let loaded: LoadedSources | undefined;
  if (asAnsible || !sources.every(isTyped)) {
    const { loadSources } = await import("../inventory/ansible/load.ts");
    loaded = await loadSources(sources, {
      shown: shownPath,
      ...(playbookFolder !== undefined && { playbookFolder }),
      ...(extra !== undefined && { extraVars: extra.vars }),
    });
  }
  return { sources, layers: layersOf(sources, loaded), extra, loaded };
};

/** For verbs without a playbook: the contract of the last typed inventory, or else one that asks for nothing. */
export const contractOf = (
  { layers }: GivenInventories,
  otherwise: Contract = { groups: {} },
): Contract =>
  layers
    .map((layer) => (layer.kind === "typed" ? layer.definition.contract : undefined))
    .findLast((contract) => contract !== undefined) ?? otherwise;

/**
 * Checks inventories against a contract, and says on standard error what may be a mistake.
 *
 * @throws Problem with every fault
 */
export const checkInventories = (
  { layers, extra }: GivenInventories,
  contract: Contract,
): Inventory => {
  const inventory = resolveLayers(layers, contract, extra);
  for (const warning of inventory.warnings ?? []) process.stderr.write(`warning: ${warning}\n`);
  return inventory;
};

/** @throws Problem where an inventory knows that no run can begin on its hosts now. */
export const refuseNotReady = ({ layers }: GivenInventories): void => {
  for (const layer of layers) {
    if (layer.kind !== "typed" || layer.definition.notReady === undefined) continue;
    const { hint, notReady } = layer.definition;
    throw new Problem(`${layer.file}: ${notReady}`, hint === undefined ? {} : { hint });
  }
};

/** @throws Problem that lists what weft cannot honour of how these hosts are to be reached. */
export const refuseUnsupported = (hosts: readonly InventoryHost[]): void => {
  const refusals = hosts.flatMap((host) => host.refusals ?? []);
  if (refusals.length > 0) throw new Problem(refusals.join("\n"));
};
