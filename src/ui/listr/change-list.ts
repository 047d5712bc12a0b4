import type { ShownChange } from "../../run/events.ts";
import { cleanLine } from "../clean-text.ts";
import { diffBlock } from "../diff-block.ts";
import type { EventOf } from "../event-of.ts";
import { indent } from "../indent.ts";
import type { Look } from "../look.ts";
import { pad, textWidth, wrapWords } from "../text-width.ts";

/** A mesh of two hundred hosts has as many changes in one task. */
const MAX_CHANGES = 8;

// Several short summaries share a line; none is broken in two that would fit on one.
const fill = (summaries: readonly string[], width: number): string[] => {
  const lines: string[] = [];
  for (const [index, summary] of summaries.entries()) {
    const item = index < summaries.length - 1 ? `${summary},` : summary;
    const last = lines.at(-1);
    if (last !== undefined && textWidth(last) + 1 + textWidth(item) <= width) {
      lines[lines.length - 1] = `${last} ${item}`;
    } else {
      lines.push(...wrapWords(item, width));
    }
  }
  return lines;
};

const summaryLines = (changes: readonly ShownChange[], width: number, all: boolean): string[] => {
  const shown = all || changes.length <= MAX_CHANGES ? changes : changes.slice(0, MAX_CHANGES - 1);
  const hidden = changes.length - shown.length;
  const summaries = shown.map(({ summary }) => cleanLine(summary));
  if (hidden > 0) summaries.push(`… and ${hidden} more, shown with -v`);
  return fill(summaries, width);
};

const MIN_COLUMN = 12;

const diffLines = (changes: readonly ShownChange[], look: Look): string[] =>
  changes.flatMap(({ diff }) => (diff === undefined ? [] : indent(diffBlock(diff, look), 2)));

/**
 * Two columns: the tasks that changed something and what they changed, each with its diffs where
 * these are asked for. With `-v` also the tasks that did not.
 */
export const changeList = (ended: readonly EventOf<"task-end">[], look: Look): string[] => {
  const { paint, width, verbosity, showDiff } = look;
  // The changes of a failed task are those that were planned: its failure says how far it came.
  const tasks = ended.filter(({ status }) => status === "changed" || verbosity > 0);
  const titles = tasks.map(({ task }) => cleanLine(task));
  const widths = titles.map(textWidth).filter((title) => title <= width / 2);
  const column = Math.max(MIN_COLUMN, ...widths);
  return tasks.flatMap(({ changes, status }, index) => {
    const title = titles[index] ?? "";
    const right = status === "changed" && changes.length > 0 ? changes : [{ summary: status }];
    const summaries = summaryLines(right, width - column - 2, verbosity > 0);
    // A title that is too long for its column has a line to itself.
    const long = textWidth(title) > column;
    const rows = summaries.map((summary, line) => {
      const left = line === 0 && !long ? title : "";
      return `${pad(left, column)}  ${paint.dim(summary)}`;
    });
    return [
      ...(long ? wrapWords(title, width) : []),
      ...rows,
      ...(showDiff && status === "changed" ? diffLines(changes, look) : []),
    ];
  });
};
