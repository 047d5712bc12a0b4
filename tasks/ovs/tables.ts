import { type Command, type CommandResult, sh, TaskError } from "weft";

/** A column's value: a map, a list (OVSDB's sets, and UUIDs as text), or a plain value. */
type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** One row of a table, by column. */
export type Row = Readonly<Record<string, Value>>;

/**
 * Asks Open vSwitch's database, in one process for any number of queries.
 *
 * ```ts
 * askOvs(sh`--columns=name,ports find Bridge name=${bridge} -- --columns=name list Port`)
 * ```
 */
export const askOvs = (queries: Command): Command => sh`
if command -v ovs-vsctl >/dev/null 2>&1; then
  ovs-vsctl --timeout=10 --format=json ${queries}
  echo "ovs=$?"
else
  echo ovs=absent
fi`;

/**
 * Has a shell variable of a column's name be that column's part of a list of columns, or empty where this Open
 * vSwitch is too old to have it; {@link hasColumn} reads which.
 */
export const askColumn = (table: string, column: string): Command => sh`
${column}=${`${column},`}
if command -v ovs-vsctl >/dev/null 2>&1; then
  case $(ovs-vsctl --timeout=10 ${`--columns=${column}`} find ${table} name=none 2>&1) in
    *'does not contain a column'*) ${column}=; echo ${`${column}=unknown`} ;;
  esac
fi`;

/** Reads the answer of {@link askColumn}. */
export const hasColumn = ({ stdout }: CommandResult, column: string): boolean =>
  !stdout.split("\n").includes(`${column}=unknown`);

// https://docs.openvswitch.org/en/stable/ref/ovsdb.7/ and RFC 7047, 5.1: ["set", [...]], ["map", [[k, v], ...]].
const decode = (value: unknown): Value => {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  if (Array.isArray(value)) {
    const [kind, content] = value;
    if (kind === "uuid" && typeof content === "string") return content;
    if (kind === "set" && Array.isArray(content)) return content.map(decode);
    if (kind === "map" && Array.isArray(content)) {
      return Object.fromEntries(content.map(([key, it]) => [String(key), decode(it)]));
    }
  }
  throw new TaskError(`Open vSwitch answers with an unknown value: ${JSON.stringify(value)}`);
};

const parseTable = (line: string): readonly Row[] => {
  const { headings, data } = JSON.parse(line) as { headings: string[]; data: unknown[][] };
  return data.map((row) =>
    Object.fromEntries(headings.map((heading, index) => [heading, decode(row[index])])),
  );
};

/**
 * Reads the answer of {@link askOvs}: one table a query.
 *
 * @returns `undefined` where Open vSwitch is not installed or its database does not run.
 * @throws TaskError where it says anything else than tables.
 */
export const parseOvs = ({
  stdout,
  stderr,
  truncated,
}: CommandResult): readonly (readonly Row[])[] | undefined => {
  if (truncated) throw new TaskError("Open vSwitch's answer is too long to be read");
  const status = /^ovs=(.*)$/m.exec(stdout)?.[1];
  if (status === "absent") return undefined;
  if (status === "0") {
    return stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map(parseTable);
  }
  if (/database connection failed/.test(stderr)) return undefined;
  throw new TaskError(`ovs-vsctl cannot tell the state of Open vSwitch: ${stderr.trim()}`);
};

/** A column that holds one plain value, or none (an empty set): then "". */
export const text = (row: Row | undefined, column: string): string => {
  const value = row?.[column];
  return value === undefined || typeof value === "object" ? "" : String(value);
};

/** A column that is a set, which OVSDB writes as a plain value where it has one element. */
export const list = (row: Row | undefined, column: string): readonly string[] => {
  const value = row?.[column];
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
};

/** A column that is a map. */
export const map = (row: Row | undefined, column: string): Readonly<Record<string, string>> => {
  const value = row?.[column];
  if (typeof value !== "object" || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, String(it)]));
};
