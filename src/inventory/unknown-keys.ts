import * as z from "zod";
import { didYouMean } from "../suggest.ts";

interface UnknownKey {
  /** Path below the value that was looked at. */
  readonly field: string;
  readonly message: string;
}

const unwrap = (schema: z.core.$ZodType): z.core.$ZodType => {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  ) {
    return unwrap(schema.def.innerType);
  }
  return schema instanceof z.ZodPipe ? unwrap(schema.def.in) : schema;
};

/**
 * The variables that a group's schema knows, with their schemas; `undefined` for a schema that is
 * no object, or that says itself that it takes any others.
 */
export const knownVariables = (
  schema: z.core.$ZodType,
): Readonly<Record<string, z.core.$ZodType>> | undefined => {
  const bare = unwrap(schema);
  if (!(bare instanceof z.ZodObject)) return undefined;
  const { catchall } = bare.def;
  return catchall === undefined || catchall instanceof z.ZodNever ? bare.def.shape : undefined;
};

/**
 * Finds keys that a schema does not know, at any depth.
 *
 * zod drops them silently unless each object is declared strict; a misspelt variable with a
 * default would then go unnoticed, so every contract is read as strict.
 */
export const unknownKeys = (schema: z.core.$ZodType, value: unknown): readonly UnknownKey[] => {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodArray && Array.isArray(value)) {
    return value.flatMap((item, index) =>
      unknownKeys(bare.def.element, item).map((key) => ({
        ...key,
        field: `${index}.${key.field}`,
      })),
    );
  }
  if (!(bare instanceof z.ZodObject) || typeof value !== "object" || value === null) return [];
  // An object with a catch-all says itself what else it takes.
  if (bare.def.catchall !== undefined) return [];
  const shape: Readonly<Record<string, z.core.$ZodType>> = bare.def.shape;
  return Object.entries(value).flatMap(([key, item]) => {
    const inner = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (inner !== undefined) {
      return unknownKeys(inner, item).map((deeper) => ({
        ...deeper,
        field: `${key}.${deeper.field}`,
      }));
    }
    const known = Object.keys(shape);
    return [
      {
        field: key,
        message: `unknown variable.${didYouMean(key, known)} Known: ${known.join(", ")}.`,
      },
    ];
  });
};
