import { Problem } from "../../problem.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

const RANGE = String.raw`\[(?:[a-z]:[a-z]|\d+:\d+)(?::\d+)?\]`;
const LABEL = String.raw`(?:[\p{L}\p{N}_]|${RANGE})(?:[\p{L}\p{N}_-]|${RANGE})*(?<![_-])`;
const HOST_NAME = new RegExp(String.raw`^${LABEL}(?:\.${LABEL})*$`, "iu");
const IPV6 = /^[0-9a-f:.[\]]*:[0-9a-f:.[\]]*$/i;

/** Hosts that one entry of an inventory stands for. */
export interface HostNames {
  readonly names: readonly string[];
  readonly port: number | undefined;
}

/** The places of a range's steps: `[01:20]` keeps its zeros, `[a:f]` counts letters, `[1:9:2]` steps. */
const rangeSteps = (range: string): readonly string[] => {
  const bounds = range.split(":");
  if (bounds.length !== 2 && bounds.length !== 3) {
    throw new Problem("host range must be begin:end or begin:end:step");
  }
  const [begin = "", end = "", by = "1"] = bounds;
  const from = begin === "" ? "0" : begin;
  if (end === "") throw new Problem("host range must specify end value");
  const step = Number(by);
  if (!Number.isInteger(step) || step < 1) throw new Problem("host range must have a step from 1");
  const letters = [LETTERS.indexOf(from), LETTERS.indexOf(end)] as const;
  const isLetters = from.length === 1 && end.length === 1 && Math.min(...letters) >= 0;
  const [first, last] = isLetters ? letters : ([Number(from), Number(end)] as const);
  if (!Number.isInteger(first) || !Number.isInteger(last)) {
    throw new Problem("host range must be of numbers or of single letters");
  }
  if (first > last) throw new Problem("host range must have begin <= end");
  const width = !isLetters && /^0./.test(from) ? from.length : 0;
  if (width > 0 && end.length !== width) {
    throw new Problem("host range must specify equal-length begin and end formats");
  }
  const steps: string[] = [];
  for (let at = first; at <= last; at += step) {
    steps.push(isLetters ? (LETTERS[at] as string) : String(at).padStart(width, "0"));
  }
  return steps;
};

const expand = (pattern: string): readonly string[] => {
  const found = /^([^[]*)\[([^\]]*)\](.*)$/s.exec(pattern);
  if (found === null) return [pattern];
  const [, head = "", range = "", tail = ""] = found;
  const tails = expand(tail);
  return rangeSteps(range).flatMap((step) => tails.map((rest) => `${head}${step}${rest}`));
};

/** Takes the port off `name:22`, `[2001:db8::1]:22`. An entry that is no address stays as it is. */
const splitPort = (entry: string): { pattern: string; port: number | undefined } => {
  const found =
    /^\[(.+)\]:(\d+)$/.exec(entry) ?? /^((?:[^:[\]]|\[[^\]]*\])*):(\d+)$/.exec(entry) ?? [];
  const [, pattern = entry, port] = found;
  if (!HOST_NAME.test(pattern) && !IPV6.test(pattern)) return { pattern: entry, port: undefined };
  return { pattern, port: port === undefined ? undefined : Number(port) };
};

/**
 * Expands one host entry: ranges, and a port behind a colon.
 * Source: `parse_address` of ansible/parsing/utils/addresses.py, `expand_hostname_range` of
 * ansible/plugins/inventory/__init__.py.
 *
 * @throws Problem, without the file's name, for a range that cannot be expanded.
 */
export const hostNames = (entry: string): HostNames => {
  const { pattern, port } = splitPort(entry);
  if (port === undefined && entry.endsWith(":") && !entry.endsWith("::")) {
    throw new Problem(`host "${entry}" ends in ":", which is kept for a port`);
  }
  return { names: expand(pattern), port };
};
