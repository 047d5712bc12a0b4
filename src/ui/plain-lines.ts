import type { Failure, RunEvent, ShownChange } from "../run/events.ts";
import { cleanLine, cleanLines } from "./clean-text.ts";
import { counted } from "./counted.ts";
import { diffBlock } from "./diff-block.ts";
import { formatDuration } from "./duration.ts";
import type { EventOf } from "./event-of.ts";
import { failureBlock } from "./failure-block.ts";
import { indent } from "./indent.ts";
import type { Look } from "./look.ts";

/** What the lines of an event depend on besides the event. */
export interface PlainContext {
  readonly look: Look;
  readonly check: boolean;
  /** How many plays the run has. */
  readonly plays: number;
}

const heading = (event: EventOf<"play-start">, { look, check, plays }: PlainContext): string[] => {
  const number = plays > 1 ? ` ${event.index + 1}/${plays}` : "";
  const title = look.paint.bold(`play${number}: ${cleanLine(event.play)}`);
  const mode = check ? ", check mode" : "";
  return [
    ...(event.index > 0 ? [""] : []),
    `${title} (${counted(event.hosts.length, "host")}${mode})`,
  ];
};

const summaries = (changes: readonly ShownChange[]): string =>
  changes.length === 0 ? "" : ` (${changes.map(({ summary }) => cleanLine(summary)).join("; ")})`;

const diffs = (changes: readonly ShownChange[], look: Look): string[] =>
  !look.showDiff
    ? []
    : changes.flatMap(({ diff }) => (diff === undefined ? [] : indent(diffBlock(diff, look), 4)));

const failure = (host: string, title: string, what: Failure, { look }: PlainContext): string[] => [
  `[${host}] ${look.paint.red(title)}`,
  ...indent(failureBlock(what, look), 4),
];

const taskEnd = (event: EventOf<"task-end">, context: PlainContext): string[] => {
  const { look, check } = context;
  const { paint, verbosity } = look;
  const task = cleanLine(event.task);
  const time = formatDuration(event.ms);
  switch (event.status) {
    case "ok":
      return verbosity > 0
        ? [`[${event.host}] ${paint.green("ok")}: ${task} ${paint.dim(time)}`]
        : [];
    case "skipped":
      return verbosity > 0 ? [`[${event.host}] skipped: ${task}`] : [];
    case "changed": {
      const word = paint.yellow(check ? "would change" : "changed");
      const line = `[${event.host}] ${word}: ${task}${summaries(event.changes)} ${paint.dim(time)}`;
      return [line, ...diffs(event.changes, look)];
    }
    case "failed": {
      const what = event.failure ?? { message: "no reason was given" };
      return failure(event.host, `failed: ${task} ${time}`, what, context);
    }
  }
};

const hostEnd = (
  { host, status, remaining }: EventOf<"host-end">,
  { look }: PlainContext,
): string[] => {
  if (status === "ok" || (status !== "interrupted" && remaining === 0)) return [];
  const rest = remaining === 0 ? "" : `${counted(remaining, "task")} not reached`;
  if (status !== "interrupted") return [`[${host}] ${look.paint.dim(rest)}`];
  return [`[${host}] ${look.paint.yellow("interrupted")}${rest === "" ? "" : `, ${rest}`}`];
};

/** The lines that a log gets for an event; most events are worth one with `-v` only. */
export const plainLines = (event: RunEvent, context: PlainContext): string[] => {
  const { paint, verbosity } = context.look;
  switch (event.type) {
    case "play-start":
      return heading(event, context);
    case "host-connected":
      return verbosity > 0 ? [`[${event.host}] connected ${formatDuration(event.ms)}`] : [];
    case "probe":
      return verbosity > 1
        ? [`[${event.host}] reading the state of ${counted(event.tasks, "task")}`]
        : [];
    case "change":
      return verbosity > 0 ? [`[${event.host}] now: ${cleanLine(event.summary)}`] : [];
    case "output":
      return verbosity > 0
        ? [`[${event.host}] ${paint.dim(`| ${cleanLines(event.line).join(" ")}`)}`.trimEnd()]
        : [];
    case "task-end":
      return taskEnd(event, context);
    case "unreachable":
      return failure(event.host, "unreachable", event.failure, context);
    case "host-failed":
      return failure(event.host, "failed", event.failure, context);
    case "host-end":
      return hostEnd(event, context);
    default:
      return [];
  }
};
