import { formatPatch, OMIT_HEADERS, structuredPatch } from "diff";
import type { Diff } from "../task.ts";
import { cleanFileLine, cleanLine } from "./clean-text.ts";
import type { Look, Paint } from "./look.ts";

/** Two large texts with little in common could take minutes to compare; in milliseconds. */
const TIMEOUT = 1000;

// A missing newline at the end is worth a line of its own only where it is what changed.
const withNewlines = ({ before, after }: Diff): readonly [before: string, after: string] => {
  const texts = [before, after].filter((text) => text !== "");
  const end = texts.every((text) => !text.endsWith("\n")) ? "\n" : "";
  return [before === "" ? "" : before + end, after === "" ? "" : after + end];
};

const paintLine = (line: string, paint: Paint): string => {
  if (line.startsWith("@")) return paint.cyan(line);
  const text = line.slice(0, 1) + cleanFileLine(line.slice(1));
  if (line.startsWith("+")) return paint.green(text);
  if (line.startsWith("-")) return paint.red(text);
  return line.startsWith("\\") ? paint.dim(text) : text;
};

/** A change inside a text as a unified diff of three lines of context under its subject. */
export const diffBlock = (diff: Diff, { paint }: Look): string[] => {
  const subject = cleanLine(diff.subject);
  const header = [paint.bold(`--- ${subject} (before)`), paint.bold(`+++ ${subject} (after)`)];
  const [before, after] = withNewlines(diff);
  const options = { context: 3, timeout: TIMEOUT };
  const patch = structuredPatch(subject, subject, before, after, undefined, undefined, options);
  if (patch === undefined) return [...header, paint.dim("too different to be shown line by line")];
  if (patch.hunks.length === 0) return [];
  const lines = formatPatch(patch, OMIT_HEADERS).replace(/\n$/, "").split("\n");
  return [...header, ...lines.map((line) => paintLine(line, paint))];
};
