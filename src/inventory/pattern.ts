import { Problem } from "../problem.ts";
import { didYouMean } from "../suggest.ts";
import type { Inventory } from "./resolve.ts";

/** One part of a glob as a regular expression. Source: `fnmatch.translate` of Python 3. */
const globPart = (part: string): string => {
  if (part === "*") return ".*";
  if (part === "?") return ".";
  if (part.length === 1) return part.replace(/[\\^$.*+?()[\]{}|]/, "\\$&");
  const inside = part
    .slice(1, -1)
    .replace(/^!/, "^")
    .replace(/[\\[]|(?!^)\^/g, "\\$&");
  return `[${inside.replace(/^\^?\]/, (start) => start.replace("]", "\\]"))}]`;
};

const globToRegExp = (glob: string): RegExp =>
  new RegExp(`^${(glob.match(/\[!?\]?[^\]]*\]|./gsu) ?? []).map(globPart).join("")}$`, "s");

/**
 * Picks `[2]`, `[-1]`, `[1:3]` (both ends included, as Ansible has it) of a list.
 *
 * @throws Problem, without the whole pattern, where there is nothing at that place
 */
const subscript = (names: readonly string[], spec: string): readonly string[] => {
  const [from = "", to] = spec.split(":");
  const at = (text: string, otherwise: number): number => {
    if (text === "") return otherwise;
    const index = Number(text);
    return index < 0 ? names.length + index : index;
  };
  const first = at(from, 0);
  const picked =
    first < 0 ? [] : names.slice(first, (to === undefined ? first : at(to, names.length - 1)) + 1);
  if (picked.length > 0) return picked;
  throw new Problem(`nothing is at [${spec}] of ${names.length} hosts`);
};

const matchTerm = (term: string, inventory: Inventory): readonly string[] | undefined => {
  const hosts = inventory.hosts.map((host) => host.name);
  const members = (group: string) => (inventory.groups.get(group) ?? []).map((peer) => peer.name);
  if (term === "all" || term === "*") return hosts;
  if (term.startsWith("~")) {
    // Anchored at the start only, as Python's re.match is.
    const regex = new RegExp(`^(?:${term.slice(1)})`);
    const groups = [...inventory.groups.keys()].filter((name) => regex.test(name)).flatMap(members);
    return hosts.filter((name) => regex.test(name) || groups.includes(name));
  }
  if (hosts.includes(term)) return [term];
  if (inventory.groups.has(term)) return members(term);
  const picked = /^(.+)\[(-?\d*(?::-?\d*)?)\]$/.exec(term);
  if (picked?.[1] !== undefined && picked[2] !== undefined) {
    const base = matchTerm(picked[1], inventory);
    return base && subscript(base, picked[2]);
  }
  if (!/[*?[]/.test(term)) return undefined;
  const glob = globToRegExp(term);
  const groups = [...inventory.groups.keys()].filter((name) => glob.test(name)).flatMap(members);
  return hosts.filter((name) => glob.test(name) || groups.includes(name));
};

/** Splits at `,` and `:`, but not inside `[...]`, `(?:...)` or a host's name. */
const split = (pattern: string, isHost: (name: string) => boolean): readonly string[] =>
  pattern
    .split(",")
    .map((part) => part.trim())
    .flatMap((part) => {
      // The colons of an IPv6 address part nothing.
      if (isHost(part.replace(/^[!&]/, ""))) return [part];
      return part.split(/(?<!\(\?):(?![^[]*\])/);
    })
    .map((term) => term.trim())
    .filter((term) => term !== "");

/**
 * Hosts that a pattern names, in the inventory's order: `web:&prod:!db`, globs, `~regex`,
 * `group[0:2]`. Unions first, then intersections, then exclusions, as Ansible does.
 * Source: Ansible user guide, "Patterns: targeting hosts and groups".
 *
 * @throws Problem for a term that names no host or group, and for a pattern that matches none.
 */
export const matchHosts = (pattern: string, inventory: Inventory): readonly string[] => {
  const known = [...inventory.hosts.map((host) => host.name), ...inventory.groups.keys()];
  const hosts = new Set(inventory.hosts.map((host) => host.name));
  const terms = split(pattern, (name) => hosts.has(name)).map((term) => {
    const operator = term[0] === "!" || term[0] === "&" ? term[0] : "";
    const bare = term.slice(operator.length);
    let names: readonly string[] | undefined;
    try {
      names = matchTerm(bare, inventory);
    } catch (cause) {
      const why = cause instanceof Problem ? cause.message : "is no regular expression";
      throw new Problem(`host pattern "${pattern}": ${bare}: ${why}`, { cause });
    }
    if (names === undefined) {
      throw new Problem(
        `host pattern "${pattern}": ${inventory.file} has no host or group "${bare}".${didYouMean(bare, known)}`,
        { hint: `It has: ${known.join(", ")}.` },
      );
    }
    return { operator, names };
  });
  const unions = terms.filter(({ operator }) => operator === "");
  // A pattern of exclusions only, such as "!db", starts from all hosts.
  const start = unions.length > 0 ? unions.flatMap(({ names }) => names) : known;
  const matched = inventory.hosts
    .map((host) => host.name)
    .filter((name) => start.includes(name))
    .filter((name) =>
      terms.every(({ operator, names }) => operator !== "&" || names.includes(name)),
    )
    .filter((name) =>
      terms.every(({ operator, names }) => operator !== "!" || !names.includes(name)),
    );
  if (matched.length === 0) throw new Problem(`host pattern "${pattern}" matches no host`);
  return matched;
};
