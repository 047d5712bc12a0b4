import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../../problem.ts";

/** Source: statfs(2), `TMPFS_MAGIC` and `RAMFS_MAGIC`. */
const IN_MEMORY = [0x01021994, 0x858458f6];

const isInMemory = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return IN_MEMORY.includes(statfsSync(folder).type);
  } catch {
    return false;
  }
};

/** A folder that never is on a disk. */
export interface MemoryFolder {
  readonly path: string;
  /** Removes it with all that is in it. */
  wipe(): void;
}

/**
 * Makes a folder in memory, for this user only. It goes at the latest when this process exits.
 *
 * @param candidates folders that may be in memory, the best first
 * @throws Problem where none of them is
 */
export const memoryFolder = (candidates: readonly string[]): MemoryFolder => {
  const parent = candidates.find(isInMemory);
  if (parent === undefined) {
    throw new Problem(`nowhere to put the plain text but on a disk: ${candidates.join(", ")}`, {
      hint: "One of them must be a tmpfs that you may write to. XDG_RUNTIME_DIR may name another.",
    });
  }
  // mkdtemp gives mode 0700.
  const path = mkdtempSync(join(parent, "weft-secrets-"));
  const wipe = (): void => {
    process.off("exit", wipe);
    rmSync(path, { recursive: true, force: true });
  };
  process.on("exit", wipe);
  return { path, wipe };
};
