import { stripVTControlCharacters } from "node:util";

// C0 and C1 controls would move the cursor; bidirectional overrides would reorder what is read.
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
const TAB = 8;

const expandTabs = (line: string): string => {
  let expanded = "";
  for (const [index, part] of line.split("\t").entries()) {
    if (index > 0) expanded += " ".repeat(TAB - (expanded.length % TAB));
    expanded += part;
  }
  return expanded;
};

const cleanOne = (line: string): string => {
  // A progress bar overwrites its own line: what it wrote last is what a terminal would show.
  const shown = line.split("\r").findLast((part) => part.trim() !== "") ?? "";
  return expandTabs(shown).replace(CONTROLS, "").trimEnd();
};

/** One line of a file, safe to print and otherwise as it is; a carriage return becomes visible. */
export const cleanFileLine = (line: string): string =>
  expandTabs(stripVTControlCharacters(line).replaceAll("\r", "␍")).replace(CONTROLS, "");

/**
 * The lines of a text that came from a host, safe to print: no escape sequences, no control
 * characters, tabs as spaces, no empty lines at its start and end.
 */
export const cleanLines = (text: string): string[] => {
  const lines = stripVTControlCharacters(text).split("\n").map(cleanOne);
  const first = lines.findIndex((line) => line !== "");
  const last = lines.findLastIndex((line) => line !== "");
  return first === -1 ? [] : lines.slice(first, last + 1);
};

/** A text as one safe line: for names, titles and summaries, and for the last output in a row. */
export const cleanLine = (text: string): string => cleanLines(text).join(" ").trim();
