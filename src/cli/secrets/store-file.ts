import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { Problem } from "../../problem.ts";

/** What is at a path, links followed; `undefined` where nothing is. */
const present = (path: string): { file: string; stats: Stats } | undefined => {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && { file: realpathSync(path), stats };
};

const cannotWrite = (path: string, cause: unknown): Problem =>
  new Problem(`${path} cannot be written: ${(cause as Error).message}`, { cause });

/**
 * Checks that `storeFile` may make a file beside this one.
 *
 * @throws Problem where it may not
 */
export const checkStorable = (path: string): void => {
  try {
    accessSync(dirname(present(path)?.file ?? path), constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
};

/**
 * Writes a file whole or not at all. One that is there keeps its mode and owner.
 *
 * @param modeOf permission bits from those that the file has; `undefined` where there is no file yet
 * @throws Problem where it cannot be written
 */
export const storeFile = (
  path: string,
  content: string | Uint8Array,
  modeOf: (mode: number | undefined) => number,
): void => {
  const known = present(path);
  const file = known?.file ?? path;
  const fresh = join(dirname(file), `.${basename(file)}.${process.pid}`);
  try {
    const descriptor = openSync(fresh, "wx", 0o600);
    try {
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    const uid = process.getuid?.();
    if (known && uid === 0) chownSync(fresh, known.stats.uid, known.stats.gid);
    chmodSync(fresh, modeOf(known && known.stats.mode & 0o7777));
    renameSync(fresh, file);
  } catch (cause) {
    rmSync(fresh, { force: true });
    throw cannotWrite(path, cause);
  }
};
