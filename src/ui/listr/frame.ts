import { figures } from "listr2";
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

/** How many lines may move; the rest of the terminal keeps what was printed last in view. */
const frameHeight = (rows: number): number => Math.max(3, Math.floor((rows * 2) / 3));

/** Whether a play has more hosts than a terminal of so many rows can show one by one. */
export const overflows = (hosts: number, rows: number): boolean => hosts > frameHeight(rows);

// The failures themselves are printed above and may scroll away: their hosts stay in sight.
const failedRow = (failed: readonly HostProgress[], { paint, width }: RowStyle): string[] => {
  if (failed.length === 0) return [];
  const names = failed.map(({ host }) => host).join(", ");
  return [paint.red(truncate(`${figures.cross} ${failed.length} failed: ${names}`, width))];
};

const aggregateRow = (rest: readonly HostProgress[], { paint, width }: RowStyle): string => {
  const number = (of: (host: HostProgress) => boolean): number => rest.filter(of).length;
  const parts: [count: number, word: string][] = [
    [number(({ outcome }) => outcome === "ok"), "done"],
    [number(({ phase }) => phase !== "ended" && phase !== "waiting"), "running"],
    [number(({ phase }) => phase === "waiting"), "waiting"],
    [number(({ failed }) => failed), "failed"],
    [number(({ outcome }) => outcome === "stopped"), "stopped"],
    [number(({ outcome }) => outcome === "interrupted"), "interrupted"],
  ];
  const counts = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return paint.dim(truncate(`… and ${rest.length} more: ${counts.join(", ")}`, width));
};

/**
 * The lines that move while a play runs: a row for each host that is not done, with the last
 * output of a running change below it where there is room. Where the hosts are too many for the
 * terminal the running ones come first, and one row sums up all others. What a host has done when
 * it ends is not here: it is printed above, to stay.
 */
export const frameLines = (hosts: readonly HostProgress[], options: FrameOptions): string[] => {
  const { columns, rows, spinner, paint } = options;
  const large = overflows(hosts.length, rows);
  const active = hosts.filter(({ phase }) => phase !== "ended");
  const failed = hosts.filter((host) => host.failed);
  const summaries = large ? 1 + Math.min(1, failed.length) : 0;
  const height = frameHeight(rows) - summaries;
  const shown = large ? active.filter(({ phase }) => phase !== "waiting").slice(0, height) : active;
  const names = hosts.map(({ host }) => textWidth(host));
  const style: RowStyle = {
    paint,
    spinner,
    nameWidth: Math.min(MAX_NAME, Math.floor(columns / 3), Math.max(0, ...names)),
    // A terminal that got a character into its last column is in doubt about where it is.
    width: columns - 1,
  };
  let spare = height - shown.length;
  const lines = shown.flatMap((host) => {
    const row = hostRow(host, style);
    if (host.output === "" || spare < 1) return [row];
    spare -= 1;
    return [row, outputRow(host, style)];
  });
  if (!large) return lines;
  const rest = hosts.filter((host) => !shown.includes(host));
  return [...lines, aggregateRow(rest, style), ...failedRow(failed, style)];
};
