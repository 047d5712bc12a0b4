import type { Paint } from "../look.ts";
import { textWidth, truncate } from "../text-width.ts";
import type { HostProgress } from "./host-progress.ts";
import { hostRow, outputRow, type RowStyle } from "./host-row.ts";

/** The size of the terminal and the look of the moving part. */
export interface FrameOptions {
  readonly columns: number;
  readonly rows: number;
  readonly spinner: string;
  readonly paint: Paint;
}

const MAX_NAME = 24;

/** How many lines may move: one stays free for the cursor, one for the heading or what came last. */
const frameHeight = (rows: number): number => Math.max(2, rows - 2);

/** Whether a play has more hosts than a terminal of so many rows can show one by one. */
export const overflows = (hosts: number, rows: number): boolean => hosts > frameHeight(rows);

const aggregate = (
  hosts: readonly HostProgress[],
  shown: readonly HostProgress[],
  { paint, width }: RowStyle,
): string => {
  const rest = hosts.filter((host) => !shown.includes(host));
  const number = (of: (host: HostProgress) => boolean): number => rest.filter(of).length;
  const failed = number(({ failed }) => failed);
  const parts: [count: number, word: string][] = [
    [number(({ phase }) => phase === "ended") - failed, "done"],
    [number(({ phase }) => phase !== "ended" && phase !== "waiting"), "running"],
    [number(({ phase }) => phase === "waiting"), "waiting"],
  ];
  const counts = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const failures = failed > 0 ? `${failed} failed` : "";
  const more = shown.length > 0 ? `and ${rest.length} more` : `${rest.length} hosts`;
  const text = `… ${more}: ${[...counts, failures].filter(Boolean).join(", ")}`;
  if (failures === "" || textWidth(text) > width) return paint.dim(truncate(text, width));
  return paint.dim(text.slice(0, -failures.length)) + paint.red(failures);
};

/**
 * The lines that move while a play runs: a row for each host that is not done, with the last
 * output of a running change below it where there is room. Where the hosts are too many for the
 * terminal the running ones come first, and one row sums up all others. What a host has done when
 * it ends is not here: it is printed above, to stay.
 */
export const frameLines = (hosts: readonly HostProgress[], options: FrameOptions): string[] => {
  const { columns, rows, spinner, paint } = options;
  const height = frameHeight(rows);
  const large = overflows(hosts.length, rows);
  const active = hosts.filter(({ phase }) => phase !== "ended");
  const shown = large
    ? active.filter(({ phase }) => phase !== "waiting").slice(0, height - 1)
    : active;
  const names = shown.map(({ host }) => textWidth(host));
  const style: RowStyle = {
    paint,
    spinner,
    nameWidth: Math.min(MAX_NAME, Math.floor(columns / 3), Math.max(0, ...names)),
    // A terminal that got a character into its last column is in doubt about where it is.
    width: columns - 1,
  };
  let spare = height - shown.length - (large ? 1 : 0);
  const lines = shown.flatMap((host) => {
    const row = hostRow(host, style);
    if (host.output === "" || spare < 1) return [row];
    spare -= 1;
    return [row, outputRow(host, style)];
  });
  return large ? [...lines, aggregate(hosts, shown, style)] : lines;
};
