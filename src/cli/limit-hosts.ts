import { readFileSync } from "node:fs";
import { matchHosts } from "../inventory/pattern.ts";
import type { Inventory } from "../inventory/resolve.ts";
import { Problem } from "../problem.ts";
import { lastFailedHosts } from "./last-run.ts";

/** The hosts of a retry file, whose lines are one pattern: `!` and `&` count for all of it. */
const hostsOfFile = (path: string, inventory: Inventory): readonly string[] => {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "no such file" : message;
    throw new Problem(`--limit @${path}: ${why}`, { cause });
  }
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (lines.length === 0) throw new Problem(`--limit @${path}: the file names no host`);
  return matchHosts(lines.join(","), inventory);
};

const hostsOf = (term: string, inventory: Inventory): readonly string[] => {
  const name = term.slice(1);
  if (name !== "failed") return hostsOfFile(name, inventory);
  const failed = lastFailedHosts();
  const known = inventory.hosts.filter((host) => failed.includes(host.name));
  if (known.length > 0) return failed;
  throw new Problem(`@failed: ${inventory.file} has none of them: ${failed.join(", ")}`);
};

/**
 * The hosts that `--limit` leaves. Besides what every pattern has, `@failed` stands for those that
 * the last run lost, and `@FILE` for those that a file names; both may be combined with others:
 * `web:&@failed`.
 * Source: `subset` of ansible/inventory/manager.py, for the file.
 *
 * @throws Problem where a term means nothing, and where no host is left
 */
export const limitHosts = (limit: string | undefined, inventory: Inventory): readonly string[] => {
  if (limit === undefined) return matchHosts("all", inventory);
  // Most often a shell's variable that is not set.
  if (limit.trim() === "") {
    throw new Problem("the pattern of hosts is empty", { hint: 'For all hosts say "all".' });
  }
  const terms = [...limit.matchAll(/(?:^|[,:])\s*[!&]?(@[^,:]+)/g)].map(([, term = ""]) =>
    term.trim(),
  );
  if (terms.length === 0) return matchHosts(limit, inventory);
  // As groups of their own, so that every operator works on them.
  const groups = new Map(inventory.groups);
  for (const term of terms) {
    const hosts = hostsOf(term, inventory);
    groups.set(
      term,
      hosts.map((name) => ({ name, vars: {} })),
    );
  }
  return matchHosts(limit, { ...inventory, groups });
};
