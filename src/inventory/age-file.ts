import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type * as z from "zod";
import { Problem } from "../problem.ts";
import { isAge } from "../secrets/age-header.ts";
import { shownPath } from "../shown-path.ts";
import { fieldPath } from "./finding.ts";
import { readSecretVars } from "./secret-vars.ts";
import { unknownKeys } from "./unknown-keys.ts";

const readBytes = (path: string, file: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Problem(`${file}: ${code === "ENOENT" ? "no such file" : message}`, { cause });
  }
};

/**
 * Reads secrets from a YAML or JSON file that is encrypted with age, for typed inventories and
 * playbooks. Every value in it is a secret, see {@link secretString}.
 *
 * @param location a path from the working directory, or a URL: `new URL("x.age.yml", import.meta.url)`
 *   is beside the module
 * @throws Problem, which names file and field and never a value, where the file is not there or not
 *   encrypted, no key opens it, or it does not hold what the schema wants
 *
 * @example
 * ```ts
 * const secrets = await ageFile(
 *   new URL("secrets.age.yml", import.meta.url),
 *   z.object({ database: z.object({ password: secretString() }) }),
 * );
 * ```
 */
export const ageFile = async <Schema extends z.ZodType>(
  location: string | URL,
  schema: Schema,
): Promise<z.output<Schema>> => {
  const path = typeof location === "string" ? location : fileURLToPath(location);
  const file = shownPath(path);
  const bytes = readBytes(path, file);
  if (!isAge(bytes)) {
    throw new Problem(`${file} is not encrypted`, { hint: `weft secrets encrypt ${file}` });
  }
  const vars = (await readSecretVars(bytes, file)) ?? {};
  const unknown = unknownKeys(schema, vars).map(({ field, message }) => ({ field, message }));
  const parsed = schema.safeParse(vars);
  if (parsed.success && unknown.length === 0) return parsed.data;
  const faults = (parsed.error?.issues ?? []).map(({ path: at, message }) => ({
    field: fieldPath(at),
    message,
  }));
  const lines = [...unknown, ...faults].map(({ field, message }) =>
    [file, field, message].filter((part) => part !== "").join(": "),
  );
  throw new Problem(lines.join("\n"));
};
