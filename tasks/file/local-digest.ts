import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { TaskError } from "weft";

const CHUNK_BYTES = 1024 * 1024;

// A file is read once however many hosts it goes to.
const known = new Map<string, string>();

const digest = (file: string): string => {
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const descriptor = openSync(file, "r");
  try {
    for (;;) {
      const read = readSync(descriptor, chunk);
      if (read === 0) return hash.digest("hex");
      hash.update(chunk.subarray(0, read));
    }
  } finally {
    closeSync(descriptor);
  }
};

/**
 * SHA-256 of a local file, in hex.
 *
 * @throws TaskError where it cannot be read
 */
export const localDigest = (file: string): string => {
  try {
    const { size, mtimeMs, ino } = statSync(file);
    const key = `${file} ${size} ${mtimeMs} ${ino}`;
    const found = known.get(key) ?? digest(file);
    known.set(key, found);
    return found;
  } catch (cause) {
    throw new TaskError(`the local file ${file} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
};

/** The same, `undefined` where there is no such file. */
export const localDigestIfAny = (file: string): string | undefined =>
  existsSync(file) ? localDigest(file) : undefined;
