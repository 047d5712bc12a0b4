/** A variable's value, and where it came from. */
export interface Value {
  readonly value: unknown;
  /** The file, as messages name it. */
  readonly file: string;
  /**
   * As it was written, but for a comment behind it, where the format gives no types of its own: INI
   * and `-e key=value`.
   */
  readonly text?: string;
}

/** Variables by name. */
export type Vars = ReadonlyMap<string, Value>;

/** Variables of a mapping that one file holds. */
export const varsOf = (mapping: Readonly<Record<string, unknown>>, file: string): Vars =>
  new Map(Object.entries(mapping).map(([name, value]) => [name, { value, file }]));

/** Layers of variables as one, later ones win; whole values, as Ansible does unless told otherwise. */
export const mergeVars = (layers: readonly Vars[]): Vars =>
  new Map(layers.flatMap((layer) => [...layer]));

/** Whether a value is a mapping such as a YAML file has at its top. */
export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The first text anywhere inside a value that `wanted` picks. */
export const findText = (value: unknown, wanted: (text: string) => boolean): string | undefined => {
  if (typeof value === "string") return wanted(value) ? value : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const found = wanted(key) ? key : findText(item, wanted);
    if (found !== undefined) return found;
  }
  return undefined;
};
