import * as z from "zod";
import { BECOME_METHODS, isUserName } from "../become.ts";
import type { Connection } from "../ssh/transport.ts";
import { type Finding, findingsOf } from "./finding.ts";
import type { ConnectionSettings, ExtraVars, Layer } from "./layer.ts";

/** A host of a checked inventory. */
export interface InventoryHost {
  readonly name: string;
  readonly connection: Connection;
  /** Why weft cannot reach it as the inventory wants it; matters once a run wants it. */
  readonly refusals?: readonly string[];
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
  connection: z.enum(["ssh", "local"]).optional(),
  proxyJump: z.string().min(1).optional(),
  proxyCommand: z.string().min(1).optional(),
  forwardAgent: z.boolean().optional(),
  become: z.boolean().optional(),
  becomeUser: z.string().refine(isUserName, "expected a user's name").optional(),
  becomeMethod: z.enum(BECOME_METHODS).optional(),
  becomePassword: z.custom<object>((value) => typeof value === "object").optional(),
});

type Settings = ReadonlyMap<string, ConnectionSettings>;

const settingsOf = (layer: Layer, found: Finding[]): Settings => {
  if (layer.kind === "hosts") return layer.hosts;
  const settings = new Map<string, ConnectionSettings>();
  for (const [host, connection] of Object.entries(layer.definition.hosts)) {
    const parsed = connectionSchema.safeParse(connection);
    if (!parsed.success) {
      found.push(...findingsOf(parsed.error, { prefix: "hosts", host, fileOf: () => layer.file }));
    }
    settings.set(host, { connection, refusals: [] });
  }
  return settings;
};

/** One way leads to a host: a layer that names one puts aside what lies below, of either kind. */
const withoutWay = ({ proxyJump, proxyCommand, ...rest }: Partial<Connection>) => rest;

const namesWay = ({ proxyJump, proxyCommand }: Partial<Connection>): boolean =>
  proxyJump !== undefined || proxyCommand !== undefined;

const overlay = (below: ConnectionSettings, above: ConnectionSettings): ConnectionSettings => ({
  ...below,
  ...above,
  connection: {
    ...(namesWay(above.connection) ? withoutWay(below.connection) : below.connection),
    ...above.connection,
  },
  // A refusal of below stands: nothing above is known to take its cause away.
  refusals: [...new Set([...below.refusals, ...above.refusals])],
});

/**
 * All hosts of all layers in the order in which they are first named. What a later layer says of
 * a connection wins, field by field; a host without an address is reached by its name.
 *
 * @param found gets the faults of typed connections
 */
export const mergeHosts = (
  layers: readonly Layer[],
  extra: ExtraVars | undefined,
  found: Finding[],
): readonly InventoryHost[] => {
  const merged = new Map<string, ConnectionSettings>();
  for (const layer of layers) {
    for (const [name, settings] of settingsOf(layer, found)) {
      const below = merged.get(name);
      merged.set(name, below === undefined ? settings : overlay(below, settings));
    }
  }
  return [...merged].map(([name, settings]) => {
    const { connection, refusals } = extra === undefined ? settings : overlay(settings, extra);
    return {
      name,
      connection: { address: name, ...connection },
      ...(refusals.length > 0 && { refusals }),
    };
  });
};
