import Table from "cli-table3";
import type { HostRecap } from "../run/events.ts";
import { counted } from "./counted.ts";
import { formatDuration } from "./duration.ts";
import type { EventOf } from "./event-of.ts";
import type { Look, Paint } from "./look.ts";
import { truncate } from "./text-width.ts";

/** The last event of a run. */
export type Recap = EventOf<"recap">;

const ALWAYS = ["ok", "changed", "failed", "unreachable", "skipped"] as const;
/** Shown where some host has them: most playbooks have none. */
const SOMETIMES = ["rescued", "ignored"] as const;
type Count = (typeof ALWAYS)[number] | (typeof SOMETIMES)[number];

const countsOf = (rows: readonly Row[]): readonly Count[] => [
  ...ALWAYS,
  ...SOMETIMES.filter((count) => rows.some(([, recap]) => recap[count] > 0)),
];

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
    rescued: paint.yellow,
    ignored: paint.yellow,
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
  rescued: "rescued",
  ignored: "ignored",
});

type Row = readonly [name: string, recap: HostRecap];

const table = (rows: readonly Row[], head: Record<Count, string>, look: Look): string[] => {
  const { paint, width } = look;
  const counts = countsOf(rows);
  const taken = counts.reduce((sum, count) => sum + head[count].length + GAP, 0);
  const room = width - taken - 1;
  const result = new Table({
    head: ["host", ...counts.map((count) => head[count])].map(paint.dim),
    colAligns: ["left", ...counts.map(() => "right" as const)],
    chars: Object.fromEntries(EDGES.map((edge) => [edge, ""])),
    style: { "padding-left": 0, "padding-right": GAP, head: [], border: [] },
  });
  for (const [name, recap] of rows) {
    result.push([
      hostColor(recap, paint)(truncate(name, room)),
      ...counts.map((count) =>
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
    const counts = countsOf(rows).filter((count) => recap[count] > 0);
    const text = counts.map((count) => colorOf(count, paint)(`${recap[count]} ${head[count]}`));
    return `${hostColor(recap, paint)(name)}  ${text.join(", ") || "nothing done"}`;
  });

const add = (a: HostRecap, b: HostRecap): HostRecap => ({
  ok: a.ok + b.ok,
  changed: a.changed + b.changed,
  failed: a.failed + b.failed,
  unreachable: a.unreachable + b.unreachable,
  skipped: a.skipped + b.skipped,
  rescued: a.rescued + b.rescued,
  ignored: a.ignored + b.ignored,
});

// In a large run the hosts that need no eye share one row, or they would push the others away.
const foldQuiet = (rows: readonly Row[]): readonly Row[] => {
  const quiet = rows.filter(
    ([, recap]) => recap.changed + recap.rescued + recap.ignored === 0 && !bad(recap),
  );
  if (quiet.length < 2) return rows;
  const sum = quiet.map(([, recap]) => recap).reduce(add);
  return [...rows.filter((row) => !quiet.includes(row)), [`${quiet.length} other hosts`, sum]];
};

// Where they are still too many for the screen, what went wrong comes last, to be in sight.
const forScreen = (rows: readonly Row[], limit: number): readonly Row[] => {
  if (rows.length <= limit) return rows;
  const folded = foldQuiet(rows);
  if (folded.length <= limit) return folded;
  const isBad = ([, recap]: Row) => bad(recap);
  return [...folded.filter((row) => !isBad(row)), ...folded.filter(isBad)];
};

/**
 * The table that ends a run: a line a host, aligned, without borders.
 *
 * @param limit lines that the screen has: of more hosts, those with neither changes nor failures share one row, and
 *   if they are still too many, those that went wrong come last.
 */
export const recapTable = (
  recap: Recap,
  look: Look,
  limit = Number.POSITIVE_INFINITY,
): string[] => {
  const { paint } = look;
  const all: readonly Row[] = Object.entries(recap.hosts);
  const rows = forScreen(all, limit);
  const head = heads(recap.check);
  const widest = countsOf(rows).reduce((sum, count) => sum + head[count].length + GAP, MIN_HOST);
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
