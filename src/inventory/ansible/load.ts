import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HostLayer, LayerHost, TypedLayer } from "../layer.ts";
import { mergeVars, type Vars } from "../value.ts";
import { connectionOf } from "./connection.ts";
import { InventoryModel } from "./model.ts";
import { readHostList, readSource } from "./read-source.ts";
import type { VarsFiles } from "./vars-files.ts";

/** One of the inventories given, in their order. */
export type Source =
  | { readonly kind: "file"; readonly path: string; readonly file: string }
  | { readonly kind: "names"; readonly list: string }
  /** Its hosts and groups are known to Ansible inventories; its variables stay its own. */
  | TypedLayer;

interface LoadOptions {
  /** Folder of the playbook, whose `group_vars` and `host_vars` count too. */
  readonly playbookFolder?: string;
  /** Variables from the command line, over all others. */
  readonly extraVars?: Vars;
  /** A path as messages name it. */
  readonly shown: (path: string) => string;
}

const NONE: Vars = new Map();

const readTyped = ({ file, definition }: TypedLayer, model: InventoryModel): void => {
  for (const name of Object.keys(definition.hosts)) model.addHost(name, { file });
  for (const [group, members] of Object.entries(definition.groups)) {
    model.addGroup(group);
    for (const name of Object.keys(members)) {
      if (model.hosts.has(name)) model.addHost(name, { group, file });
    }
  }
};

const folderOf = (path: string): string => (statSync(path).isDirectory() ? path : dirname(path));

const varsFiles = async (
  folders: readonly string[],
  shown: (path: string) => string,
): Promise<VarsFiles | undefined> => {
  const any = folders.some((folder) =>
    ["group_vars", "host_vars"].some((name) => existsSync(join(folder, name))),
  );
  if (!any) return undefined;
  const [{ VarsFiles }, { parseYaml }] = await Promise.all([
    import("./vars-files.ts"),
    import("./yaml-document.ts"),
  ]);
  return new VarsFiles(parseYaml, shown);
};

/** Variables by the order in which they are laid on each other. */
class Precedence {
  readonly #model: InventoryModel;
  readonly #files: VarsFiles | undefined;
  readonly #inventoryFolders: readonly string[];
  readonly #playbookFolders: readonly string[];

  constructor(
    model: InventoryModel,
    files: VarsFiles | undefined,
    folders: { inventory: readonly string[]; playbook: readonly string[] },
  ) {
    this.#model = model;
    this.#files = files;
    this.#inventoryFolders = folders.inventory;
    this.#playbookFolders = folders.playbook;
  }

  /**
   * A host's variables, the weakest first: `all` and the groups in the inventory, then `all` in
   * group_vars beside the inventories and beside the playbook, then the groups there, then the
   * host in the inventory, in host_vars beside the inventories and beside the playbook.
   * Source: `get_vars` of ansible/vars/manager.py, VARIABLE_PRECEDENCE of ansible/config/base.yml.
   */
  async ofHost(host: string, groups: readonly string[]): Promise<Vars> {
    const inventory = this.#inventoryFolders;
    const playbook = this.#playbookFolders;
    return mergeVars([
      ...["all", ...groups].map((group) => this.#model.groupVars(group)),
      ...(await this.#groupFiles(inventory, ["all"])),
      ...(await this.#groupFiles(playbook, ["all"])),
      ...(await this.#groupFiles(inventory, groups)),
      ...(await this.#groupFiles(playbook, groups)),
      this.#model.hostVars(host),
      ...(await this.#hostFiles(inventory, host)),
      ...(await this.#hostFiles(playbook, host)),
    ]);
  }

  #groupFiles(folders: readonly string[], groups: readonly string[]): Promise<readonly Vars[]> {
    return Promise.all(
      folders.flatMap((folder) =>
        groups.map((group) => this.#files?.ofGroup(folder, group) ?? NONE),
      ),
    );
  }

  #hostFiles(folders: readonly string[], host: string): Promise<readonly Vars[]> {
    return Promise.all(folders.map((folder) => this.#files?.ofHost(folder, host) ?? NONE));
  }
}

/** Ansible inventories as they were read, and the layer that they make. */
export interface LoadedSources {
  readonly model: InventoryModel;
  readonly layer: HostLayer;
}

/**
 * Reads Ansible inventories, with the variables in files beside them, as one.
 *
 * @throws Problem where one cannot be read or understood, or holds a value of ansible-vault
 */
export const loadSources = async (
  sources: readonly Source[],
  { playbookFolder, extraVars = NONE, shown }: LoadOptions,
): Promise<LoadedSources> => {
  const model = new InventoryModel();
  for (const source of sources) {
    if (source.kind === "typed") readTyped(source, model);
    else if (source.kind === "names") readHostList(source.list, model);
    else await readSource(source.path, source.file, model);
  }
  model.reconcile();
  const inventory = sources.flatMap((source) =>
    source.kind === "file" ? [folderOf(source.path)] : [],
  );
  const playbook = playbookFolder === undefined ? [] : [playbookFolder];
  const files = await varsFiles([...inventory, ...playbook], shown);
  const precedence = new Precedence(model, files, { inventory, playbook });
  const hosts = new Map<string, LayerHost>();
  for (const [name, groups] of model.groupsOfHosts()) {
    const vars = mergeVars([await precedence.ofHost(name, groups), extraVars]);
    const file = model.hosts.get(name)?.file ?? "";
    hosts.set(name, { file, vars, ...connectionOf(vars, `host ${name}`) });
  }
  const groups = [...model.groups.keys()].map((name) => [name, model.members(name)] as const);
  const file = sources
    .flatMap((source) => {
      if (source.kind === "typed") return [];
      return source.kind === "file" ? [source.file] : [source.list];
    })
    .join(", ");
  return {
    model,
    layer: { kind: "hosts", file, hosts, groups: new Map(groups), warnings: model.warnings },
  };
};
