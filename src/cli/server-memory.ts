import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerMemory } from "../ssh/server-memory.ts";
import { atomicWrite } from "./atomic-write.ts";
import { stateFolder } from "./state-folder.ts";

const stateFile = (): string => join(stateFolder(), "servers.json");

const read = (): Set<string> => {
  try {
    const servers: unknown = JSON.parse(readFileSync(stateFile(), "utf8"));
    if (!Array.isArray(servers)) return new Set();
    return new Set(servers.filter((server) => typeof server === "string"));
  } catch {
    // Not there, or not whole: the next logins take a round trip more.
    return new Set();
  }
};

const save = (servers: ReadonlySet<string>): void => {
  try {
    atomicWrite(stateFile(), `${JSON.stringify([...servers], undefined, 1)}\n`);
  } catch {
    // Where nothing can be written, nothing is remembered.
  }
};

/** Remembers servers in the user's state folder, which is written as weft ends if something was learnt. */
export const serverMemory = (): ServerMemory => {
  const servers = read();
  let isNew = false;
  return {
    agrees: (server) => servers.has(server),
    remember: (server, agrees) => {
      if (servers.has(server) === agrees) return;
      if (agrees) servers.add(server);
      else servers.delete(server);
      if (!isNew) process.once("exit", () => save(servers));
      isNew = true;
    },
  };
};
