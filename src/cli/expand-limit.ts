import { readFileSync } from "node:fs";
import { Problem } from "../problem.ts";

const lines = (path: string): readonly string[] => {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "no such file" : message;
    throw new Problem(`--limit @${path}: ${why}`, { cause });
  }
};

/**
 * Puts the hosts of a retry file in place of `@FILE` in a limit, one a line.
 * Source: `subset` of ansible/inventory/manager.py.
 *
 * @throws Problem where the file cannot be read or names no host
 */
export const expandLimit = (limit: string): string =>
  limit
    .split(",")
    .map((part) => part.trim())
    .map((part) => {
      if (!part.startsWith("@")) return part;
      const names = lines(part.slice(1))
        .map((line) => line.trim())
        .filter((line) => line !== "" && !line.startsWith("#"));
      if (names.length === 0) throw new Problem(`--limit ${part}: the file names no host`);
      return names.join(",");
    })
    .join(",");
