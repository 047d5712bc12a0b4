import type * as z from "zod";

/** A fault in an inventory. */
export interface Finding {
  readonly file: string;
  readonly host: string;
  /** Path of the field, such as `mesh.underlay.address`. */
  readonly field: string;
  readonly message: string;
}

/** A field's path as messages show it. */
export const fieldPath = (parts: readonly PropertyKey[]): string => parts.map(String).join(".");

/** What zod found, each with the path below `prefix`. */
export const findingsOf = (
  error: z.core.$ZodError,
  { prefix, host, fileOf }: { prefix: string; host: string; fileOf(variable: string): string },
): readonly Finding[] =>
  error.issues.map(({ path, message }) => ({
    file: fileOf(String(path[0] ?? "")),
    host,
    field: fieldPath([prefix, ...path]),
    message,
  }));

/** A finding as a line. */
export const findingLine = ({ file, host, field, message }: Finding): string =>
  `${file}: host ${host}, ${field}: ${message}`;
