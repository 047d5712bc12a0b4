import Table from "cli-table3";
import type { HostRecap } from "../run/events.ts";
import { counted } from "./counted.ts";
import { formatDuration } from "./duration.ts";
import type { EventOf } from "./event-of.ts";
import type { Look, Paint } from "./look.ts";
import { truncate } from "./text-width.ts";

/** The last event of a run. */
export type Recap = EventOf<"recap">;

const COUNTS = ["ok", "changed", "failed", "unreachable", "skipped"] as const;
type Count = (typeof COUNTS)[number];

const GAP = 2;
const MIN_HOST = 8;

const bad = ({ failed, unreachable }: HostRecap): boolean => failed + unreachable > 0;

const colorOf = (count: Count, paint: Paint): ((text: string) => string) =>
  ({
    ok: paint.green,
    changed: paint.yellow,
    failed: paint.red,
    unreachable: paint.red,
    skipped: (text: string) => text,
  })[count];

const hostColor = (recap: HostRecap, paint: Paint): ((text: string) => string) => {
  if (bad(recap)) return paint.red;
  return recap.changed > 0 ? paint.yellow : paint.green;
};

const heads = (check: boolean): Record<Count, string> => ({
  ok: "ok",
  changed: check ? "would change" : "changed",
  failed: "failed",
  unreachable: "unreachable",
  skipped: "skipped",
});

type Row = readonly [name: string, recap: HostRecap];

const table = (rows: readonly Row[], head: Record<Count, string>, look: Look): string[] => {
  const { paint, width } = look;
  const taken = COUNTS.reduce((sum, count) => sum + head[count].length + GAP, 0);
  const room = width - taken - 1;
  const result = new Table({
    head: ["host", ...COUNTS.map((count) => head[count])].map(paint.dim),
    colAligns: ["left", ...COUNTS.map(() => "right" as const)],
    chars: Object.fromEntries(EDGES.map((edge) => [edge, ""])),
    style: { "padding-left": 0, "padding-right": GAP, head: [], border: [] },
  });
  for (const [name, recap] of rows) {
    result.push([
      hostColor(recap, paint)(truncate(name, room)),
      ...COUNTS.map((count) =>
        recap[count] > 0 ? colorOf(count, paint)(String(recap[count])) : paint.dim("0"),
      ),
    ]);
  }
  return result
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
};

const EDGES = [
  ...["top", "top-mid", "top-left", "top-right"],
  ...["bottom", "bottom-mid", "bottom-left", "bottom-right"],
  ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
];

// No table fits: one line a host, with what is not zero.
const sentences = (rows: readonly Row[], head: Record<Count, string>, { paint }: Look): string[] =>
  rows.map(([name, recap]) => {
    const counts = COUNTS.filter((count) => recap[count] > 0);
    const text = counts.map((count) => colorOf(count, paint)(`${recap[count]} ${head[count]}`));
    return `${hostColor(recap, paint)(name)}  ${text.join(", ") || "nothing done"}`;
  });

const add = (a: HostRecap, b: HostRecap): HostRecap => ({
  ok: a.ok + b.ok,
  changed: a.changed + b.changed,
  failed: a.failed + b.failed,
  unreachable: a.unreachable + b.unreachable,
  skipped: a.skipped + b.skipped,
});

// In a large run the hosts that need no eye share one row, or they would push the others away.
const folded = (rows: readonly Row[], limit: number): readonly Row[] => {
  if (rows.length <= limit) return rows;
  const quiet = rows.filter(([, recap]) => recap.changed === 0 && !bad(recap));
  if (quiet.length < 2) return rows;
  const sum = quiet.map(([, recap]) => recap).reduce(add);
  return [...rows.filter((row) => !quiet.includes(row)), [`${quiet.length} other hosts`, sum]];
};

/**
 * The table that ends a run: a line a host, aligned, without borders.
 *
 * @param limit from so many hosts on, those with neither changes nor failures share one row.
 */
export const recapTable = (
  recap: Recap,
  look: Look,
  limit = Number.POSITIVE_INFINITY,
): string[] => {
  const { paint } = look;
  const all: readonly Row[] = Object.entries(recap.hosts);
  const rows = folded(all, limit);
  const head = heads(recap.check);
  const widest = COUNTS.reduce((sum, count) => sum + head[count].length + GAP, MIN_HOST);
  const time = paint.dim(`${counted(all.length, "host")} in ${formatDuration(recap.ms)}`);
  return [
    `${paint.bold("Recap")}  ${time}`,
    ...(recap.check ? [paint.cyan("Check mode: nothing was changed.")] : []),
    ...(recap.interrupted
      ? [paint.yellow("Interrupted: the run was stopped before its end.")]
      : []),
    ...(look.width < widest ? sentences(rows, head, look) : table(rows, head, look)),
  ];
};
