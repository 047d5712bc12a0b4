import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { type KnownHostsLine, keyTypeOf, parseKnownHosts } from "./known-hosts-line.ts";

/**
 * Reads known_hosts files; one that does not exist is empty.
 *
 * Synchronous, so that a check and the line that follows from it cannot be parted by another
 * connection of the same process.
 *
 * @throws the system's error where a file exists and cannot be read
 */
export const readKnownHosts = (files: readonly string[]): readonly KnownHostsLine[] =>
  files.flatMap((file) => parseKnownHosts(readOrEmpty(file), file));

const readOrEmpty = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return "";
    throw error;
  }
};

/**
 * Adds a host's key to a known_hosts file, which is made where it is missing (0600, its directory 0700).
 *
 * One write in append mode: the kernel puts it behind what other processes wrote in the meantime,
 * so nobody's line is lost and there is no lock that could be left behind.
 *
 * @param name as {@link knownHostName} gives it
 * @throws the system's error where the file cannot be written
 */
export const appendKnownHost = (file: string, name: string, key: Buffer): void => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const text = readOrEmpty(file);
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  appendFileSync(file, `${separator}${name} ${keyTypeOf(key)} ${key.toString("base64")}\n`, {
    mode: 0o600,
  });
};
