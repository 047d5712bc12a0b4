import { Problem } from "../problem.ts";
import { didYouMean } from "../suggest.ts";
import type { Contract, Groups, Peer } from "./contract.ts";
import { type Finding, findingLine } from "./finding.ts";
import { type InventoryHost, mergeHosts } from "./hosts.ts";
import type { InventoryDefinition } from "./inventory.ts";
import type { ExtraVars, HostLayer, Layer } from "./layer.ts";
import { mergeMembers } from "./members.ts";
import { knownVariables } from "./unknown-keys.ts";

export type { InventoryHost } from "./hosts.ts";

/** A checked inventory: what its contract promises is true. */
export interface Inventory {
  /** The file or files it came from, for messages. */
  readonly file: string;
  /** In the order in which they were written. */
  readonly hosts: readonly InventoryHost[];
  /**
   * Members of each group: first the contract's, where one that the inventory leaves out has none,
   * then those of Ansible inventories that the contract does not know.
   */
  readonly groups: ReadonlyMap<string, readonly Peer[]>;
  readonly hint: string | undefined;
  /** What may be a mistake, a sentence each. */
  readonly warnings?: readonly string[];
}

/** Connection variables, which are no group's. */
const CONNECTION_VARIABLE = /^ansible_/;

const checkGroupNames = (layer: Layer, contract: Contract): void => {
  if (layer.kind !== "typed") return;
  const { file, definition } = layer;
  if (Object.keys(definition.hosts).length === 0) {
    throw new Problem(`${file}: the inventory has no hosts`, {
      hint: 'Add at least one: hosts: { "web-1": { address: "192.0.2.10" } }',
    });
  }
  for (const group of Object.keys(definition.groups)) {
    if (Object.hasOwn(contract.groups, group)) continue;
    const known = Object.keys(contract.groups);
    throw new Problem(
      `${file}: unknown group "${group}".${didYouMean(group, known)} The contract has: ${known.join(", ")}.`,
    );
  }
};

/** A variable typed on the command line that no group of the contract has is a slip. */
const checkNamed = (extra: ExtraVars, groups: Groups): void => {
  const shapes = Object.values(groups).map(knownVariables);
  if (shapes.includes(undefined)) return;
  const known = [...new Set(shapes.flatMap((shape) => Object.keys(shape ?? {})))];
  for (const name of extra.named) {
    if (known.includes(name) || CONNECTION_VARIABLE.test(name)) continue;
    throw new Problem(
      `-e ${name}: no group of the contract has such a variable.${didYouMean(name, known)}`,
      { hint: `The contract has: ${known.join(", ")}.` },
    );
  }
};

/** Groups that the contract does not know, with their members' variables as they are. */
const otherGroups = (
  { groups, hosts }: HostLayer,
  contract: Contract,
): readonly (readonly [string, readonly Peer[]])[] =>
  [...groups]
    .filter(([group]) => group !== "all" && !Object.hasOwn(contract.groups, group))
    .map(([group, names]) => [
      group,
      names.map((name) => {
        const vars = [...(hosts.get(name)?.vars ?? [])];
        return { name, vars: Object.fromEntries(vars.map(([key, { value }]) => [key, value])) };
      }),
    ]);

/**
 * Merges inventories, later ones over earlier ones, checks them against a contract and fills in
 * defaults. Pure.
 *
 * @param extra variables from the command line, which win over all inventories
 * @throws Problem that lists every fault with file, host, field and what was expected.
 */
export const resolveLayers = (
  layers: readonly Layer[],
  contract: Contract,
  extra?: ExtraVars,
): Inventory => {
  for (const layer of layers) checkGroupNames(layer, contract);
  if (extra !== undefined && Object.keys(contract.groups).length > 0) {
    checkNamed(extra, contract.groups);
  }
  const file = [...new Set(layers.map((layer) => layer.file))].join(", ");
  const found: Finding[] = [];
  const warnings = layers.flatMap((layer) => (layer.kind === "hosts" ? layer.warnings : []));
  const hosts = mergeHosts(layers, extra, found);
  if (hosts.length === 0) throw new Problem(`${file}: the inventory has no hosts`);
  const names = hosts.map(({ name }) => name);
  const groups = new Map<string, readonly Peer[]>();
  for (const [group, schema] of Object.entries(contract.groups)) {
    groups.set(
      group,
      mergeMembers({ group, schema, layers, extra, hosts: names, found, warnings }),
    );
  }
  if (found.length === 0) {
    const problems = contract.check?.(Object.fromEntries(groups)) ?? [];
    found.push(...problems.map((problem) => ({ file, ...problem })));
  }
  if (found.length > 0) throw new Problem(found.map(findingLine).join("\n"));
  for (const layer of layers) {
    if (layer.kind !== "hosts") continue;
    for (const [group, peers] of otherGroups(layer, contract)) groups.set(group, peers);
  }
  const hint = layers
    .map((layer) => (layer.kind === "typed" ? layer.definition.hint : undefined))
    .findLast((text) => text !== undefined);
  return { file, hosts, groups, hint, ...(warnings.length > 0 && { warnings }) };
};

/**
 * Checks one typed inventory against a contract and fills in defaults. Pure.
 *
 * @param file named in messages.
 * @throws Problem that lists every fault with file, host, field and what was expected.
 */
export const resolveInventory = (
  definition: InventoryDefinition,
  contract: Contract,
  file: string,
): Inventory => resolveLayers([{ kind: "typed", file, definition }], contract);
