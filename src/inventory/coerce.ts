import * as z from "zod";
import { parsePythonLiteral } from "./ansible/python-literal.ts";
import { findText, type Value } from "./value.ts";

const YES = /^(?:yes|on|true)$/i;
const NO = /^(?:no|off|false)$/i;

/** Whether a text asks for Jinja, which weft does not have. */
export const isTemplate = (text: string): boolean => /\{\{|\{%/.test(text);

/** The template inside a value, if there is one. */
export const templateIn = (value: unknown): string | undefined => findText(value, isTemplate);

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** What a text may stand for, the likeliest first. */
const readings = ({ value, text }: Value): readonly unknown[] => {
  if (text === undefined) return [value];
  const truth = YES.test(text) ? [true] : NO.test(text) ? [false] : [];
  return [value, text, ...truth, parsePythonLiteral(text), json(text)];
};

/**
 * Gives a value the type that a contract wants. A value from YAML, JSON or TypeScript has its type
 * already; one from an INI file or from `-e key=value` is read as the contract needs it, so that
 * `version=3.10` stays the text "3.10" where a text is wanted, and `tls=yes` is true where a
 * boolean is.
 */
export const coerce = (schema: z.core.$ZodType, value: Value): unknown => {
  const candidates = readings(value);
  const results = candidates.map((candidate) => ({
    candidate,
    issues: z.safeParse(schema, candidate).error?.issues ?? [],
  }));
  const best =
    results.find(({ issues }) => issues.length === 0) ??
    // Of the right type but not acceptable: then the message speaks of what is wrong with it.
    results.find(({ issues }) =>
      issues.every(({ code, path }) => code !== "invalid_type" || path.length > 0),
    );
  return best === undefined ? value.value : best.candidate;
};
