import type { Paint } from "../look.ts";
import { pad, textWidth, truncate } from "../text-width.ts";
import type { HostProgress } from "./host-progress.ts";

/** What the rows of a frame have in common. */
export interface RowStyle {
  readonly paint: Paint;
  /** The spinner's present character. */
  readonly spinner: string;
  /** Characters of the column with the hosts' names. */
  readonly nameWidth: number;
  /** Characters that a row may have. */
  readonly width: number;
}

/** Cells before the text of a row: an icon, a space, the name and two spaces. */
const textStart = (nameWidth: number): number => 2 + nameWidth + 2;

/** A change's summary that is cut shorter than this says nothing. */
const MIN_ASIDE = 10;

const joinParts = (main: string, count: string, aside: string, room: number, paint: Paint) => {
  const counter = count === "" ? "" : ` ${count}`;
  const title = truncate(main, room - textWidth(counter));
  const left = room - textWidth(title) - textWidth(counter) - 2;
  const rest = aside === "" || left < MIN_ASIDE ? "" : `  ${truncate(aside, left)}`;
  return title + paint.dim(counter + rest);
};

const describe = (row: HostProgress): [main: string, count: string, aside: string] => {
  if (row.busyWith !== "") return ["waiting for another run", "", row.busyWith];
  switch (row.phase) {
    case "connecting":
      return ["connecting", "", ""];
    case "reading": {
      const at = Math.min(row.probed, row.probes);
      return ["reading its state", `(${at}/${row.probes})`, ""];
    }
    default:
      if (row.task === "") return ["starting", "", ""];
      return [row.task, `(${row.index + 1}/${row.tasks})`, row.change];
  }
};

/** A host at work: spinner, name, running task with its count, and the change being applied. */
export const hostRow = (row: HostProgress, style: RowStyle): string => {
  const { paint, spinner, nameWidth, width } = style;
  const name = pad(truncate(row.host, nameWidth), nameWidth);
  if (row.phase === "waiting") return paint.dim(`· ${name}  waiting`);
  const text = joinParts(...describe(row), width - textStart(nameWidth), paint);
  return `${paint.cyan(spinner)} ${name}  ${text}`;
};

/** The last line that a host's running command printed, below the text of its row. */
export const outputRow = (row: HostProgress, { paint, nameWidth, width }: RowStyle): string => {
  const start = textStart(nameWidth);
  return " ".repeat(start) + paint.dim(truncate(row.output, width - start));
};
