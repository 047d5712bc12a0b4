import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { wildcard } from "./wildcard.ts";

const children = (folder: string, pattern: string): readonly string[] => {
  try {
    return readdirSync(folder || "/")
      .filter((name) => pattern.startsWith(".") || !name.startsWith("."))
      .filter((name) => wildcard(pattern).test(name));
  } catch {
    return [];
  }
};

/** The files that an absolute path with `*` and `?` names, in the order of their names, as glob(7) has it. */
export const glob = (path: string): readonly string[] => {
  const walk = (folder: string, [next, ...more]: readonly string[]): readonly string[] => {
    if (next === undefined) return [folder];
    const names = /[*?]/.test(next) ? children(folder, next) : [next];
    return names.flatMap((name) => walk(join(folder || "/", name), more));
  };
  return walk("", path.split("/").filter(Boolean))
    .filter((file) => existsSync(file))
    .toSorted();
};
