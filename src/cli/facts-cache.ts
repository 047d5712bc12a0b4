import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Facts, FactsCache } from "../facts.ts";
import type { InventoryHost } from "../inventory/resolve.ts";
import { messageOf } from "../message-of.ts";
import { Problem } from "../problem.ts";
import { atomicWrite } from "./atomic-write.ts";
import { cacheFolder } from "./cache-folder.ts";
import { version } from "./version.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Milliseconds of a lifetime such as `90`, `30m`, `1h`. @throws Problem for anything else. */
const lifetimeMs = (text: string): number => {
  const [, number, unit = "s"] = /^(\d+)([smhd])?$/.exec(text) ?? [];
  if (number === undefined) {
    throw new Problem(`--facts-cache: expected a lifetime such as 90, 30m, 1h or 7d, got ${text}`);
  }
  return Number(number) * (UNITS[unit] ?? 1) * 1000;
};

interface Entry {
  readonly at: number;
  readonly facts: Facts;
}

const isEntry = (value: unknown): value is Entry =>
  typeof value === "object" && value !== null && "at" in value && "facts" in value;

const read = (file: string): Entry | undefined => {
  try {
    const entry: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isEntry(entry) ? entry : undefined;
  } catch {
    // Not there, or not whole: the host is asked.
    return undefined;
  }
};

/** Tells the first error, once whatever moves on the terminal is over. */
const warnOnce = (): ((error: unknown) => void) => {
  let isTold = false;
  return (error) => {
    if (isTold) return;
    isTold = true;
    const reason = messageOf(error);
    process.once("exit", () => {
      process.stderr.write(`warning: --facts-cache: facts could not be kept: ${reason}\n`);
    });
  };
};

/**
 * Keeps facts below ~/.cache/weft (XDG_CACHE_HOME), a file for each host of this name, address and
 * port. A folder that cannot be written is told, and is no failure.
 *
 * @param lifetime after which a host is asked again
 * @throws Problem for a lifetime that is none
 */
export const factsCache = (lifetime: string, hosts: readonly InventoryHost[]): FactsCache => {
  const maxAgeMs = lifetimeMs(lifetime);
  const warn = warnOnce();
  const connections = new Map(hosts.map(({ name, connection }) => [name, connection]));
  const fileOf = (host: string): string => {
    const { address, port, user } = connections.get(host) ?? {};
    // Another weft may know other facts.
    const key = JSON.stringify([version(), host, address, port, user]);
    const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
    return join(cacheFolder(), "facts", `${name}.json`);
  };
  return {
    get: (host) => {
      const entry = read(fileOf(host));
      const age = entry === undefined ? Number.POSITIVE_INFINITY : Date.now() - entry.at;
      return age >= 0 && age <= maxAgeMs ? entry?.facts : undefined;
    },
    set: (host, facts) => {
      const file = fileOf(host);
      try {
        atomicWrite(file, JSON.stringify({ at: Date.now(), facts }));
      } catch (error) {
        warn(error);
      }
    },
  };
};
