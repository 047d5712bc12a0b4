import { randomBytes } from "node:crypto";
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Whether a path is a device, a pipe or the like, which is written to and must not be replaced. */
export const isStream = (file: string): boolean => {
  // /dev/stdout may lead to a file, and is none that could be put aside.
  if (/^\/(?:dev|proc)\//.test(resolve(file))) return true;
  try {
    const stat = statSync(file);
    return !stat.isFile() && !stat.isDirectory();
  } catch {
    // Writing tells what is wrong with it.
    return false;
  }
};

/** Writes a file whole or not at all, for its owner only, and makes the folder it is in. */
export const atomicWrite = (file: string, text: string | Uint8Array): void => {
  if (isStream(file)) {
    writeFileSync(file, text, { flag: "a" });
    return;
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    // "wx": in a folder that others may write to, nobody can have put a link in its place.
    writeFileSync(fresh, text, { mode: 0o600, flag: "wx" });
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
};
