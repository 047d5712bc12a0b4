import * as z from "zod";
import { Problem } from "../problem.ts";
import type { Connection } from "../ssh/transport.ts";
import { didYouMean } from "../suggest.ts";
import type { Contract, Peer } from "./contract.ts";
import type { InventoryDefinition } from "./inventory.ts";
import { unknownKeys } from "./unknown-keys.ts";

/** A host of a checked inventory. */
export interface InventoryHost {
  readonly name: string;
  readonly connection: Connection;
}

/** A checked inventory: what its contract promises is true. */
export interface Inventory {
  /** The file it came from, for messages. */
  readonly file: string;
  /** In the order in which they were written. */
  readonly hosts: readonly InventoryHost[];
  /** Members of each group of the contract; a group that the inventory leaves out has none. */
  readonly groups: ReadonlyMap<string, readonly Peer[]>;
  readonly hint: string | undefined;
}

const connectionSchema = z.strictObject({
  address: z.string().min(1),
  port: z.number().int().min(0).max(65_535).optional(),
  user: z.string().min(1).optional(),
  identityFiles: z.array(z.string()).readonly().optional(),
  passphrase: z.custom<object>((value) => typeof value === "object").optional(),
  password: z.custom<object>((value) => typeof value === "object").optional(),
  agent: z.union([z.string(), z.literal(false)]).optional(),
  knownHostsFiles: z.array(z.string()).readonly().optional(),
  acceptNewHostKeys: z.boolean().optional(),
  legacyAlgorithms: z.boolean().optional(),
  connectTimeoutMs: z.number().positive().optional(),
  keepaliveMs: z.number().positive().optional(),
});

const path = (parts: readonly PropertyKey[]): string => parts.map(String).join(".");

interface Finding {
  readonly host: string;
  readonly field: string;
  readonly message: string;
}

const findings = (host: string, prefix: string, error: z.ZodError): Finding[] =>
  error.issues.map((issue) => ({
    host,
    field: path([prefix, ...issue.path]),
    message: issue.message,
  }));

/**
 * Checks an inventory against a contract and fills in defaults. Pure.
 *
 * @param file named in messages.
 * @throws Problem that lists every fault with file, host, field and what was expected.
 */
export const resolveInventory = (
  definition: InventoryDefinition,
  contract: Contract,
  file: string,
): Inventory => {
  const found: Finding[] = [];
  const names = Object.keys(definition.hosts);
  if (names.length === 0) {
    throw new Problem(`${file}: the inventory has no hosts`, {
      hint: 'Add at least one: hosts: { "web-1": { address: "192.0.2.10" } }',
    });
  }
  for (const name of names) {
    const parsed = connectionSchema.safeParse(definition.hosts[name]);
    if (!parsed.success) found.push(...findings(name, "hosts", parsed.error));
  }
  for (const group of Object.keys(definition.groups)) {
    if (Object.hasOwn(contract.groups, group)) continue;
    const known = Object.keys(contract.groups);
    throw new Problem(
      `${file}: unknown group "${group}".${didYouMean(group, known)} The contract has: ${known.join(", ")}.`,
    );
  }
  const groups = new Map<string, Peer[]>();
  for (const [group, schema] of Object.entries(contract.groups)) {
    const peers: Peer[] = [];
    groups.set(group, peers);
    for (const [name, vars] of Object.entries(definition.groups[group] ?? {})) {
      if (!names.includes(name)) {
        found.push({
          host: name,
          field: group,
          message: `no such host.${didYouMean(name, names)}`,
        });
        continue;
      }
      found.push(
        ...unknownKeys(schema, vars).map((key) => ({
          host: name,
          ...key,
          field: path([group, key.field]),
        })),
      );
      const parsed = schema.safeParse(vars);
      if (parsed.success) peers.push({ name, vars: parsed.data });
      else found.push(...findings(name, group, parsed.error));
    }
  }
  if (found.length === 0) {
    found.push(...(contract.check?.(Object.fromEntries(groups)) ?? []));
  }
  if (found.length > 0) {
    const lines = found.map(
      ({ host, field, message }) => `${file}: host ${host}, ${field}: ${message}`,
    );
    throw new Problem(lines.join("\n"));
  }
  return {
    file,
    hosts: names.map((name) => ({ name, connection: definition.hosts[name] as Connection })),
    groups,
    hint: definition.hint,
  };
};
