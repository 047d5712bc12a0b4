import type { Failure, ShownChange } from "../run/events.ts";
import { cleanLine, cleanLines } from "./clean-text.ts";
import { counted } from "./counted.ts";
import { diffBlock } from "./diff-block.ts";
import { formatDuration } from "./duration.ts";
import type { EventOf, HostEvent } from "./event-of.ts";
import { failureBlock } from "./failure-block.ts";
import { indent } from "./indent.ts";
import type { Look } from "./look.ts";

/** What the lines of a host's event depend on besides the event. */
export interface HostLinesContext {
  readonly look: Look;
  readonly check: boolean;
  /** Each task has a line when it starts, too. */
  readonly headings: boolean;
}

const INDENT = 4;

/** Whether a line of {@link hostLines} is part of the one above. */
export const belongsAbove = (line: string): boolean =>
  line === "" || line.startsWith(" ".repeat(INDENT));

const summaries = (changes: readonly ShownChange[]): string =>
  changes.length === 0 ? "" : ` (${changes.map(({ summary }) => cleanLine(summary)).join("; ")})`;

const diffs = (changes: readonly ShownChange[], look: Look): string[] =>
  !look.showDiff
    ? []
    : changes.flatMap(({ diff }) =>
        diff === undefined ? [] : indent(diffBlock(diff, look), INDENT),
      );

const failure = (title: string, what: Failure, { look }: HostLinesContext): string[] => [
  look.paint.red(title),
  ...indent(failureBlock(what, look), INDENT),
];

const why = ({ reason }: EventOf<"task-end">): string =>
  reason === undefined ? "" : ` (${cleanLine(reason)})`;

const taskEnd = (event: EventOf<"task-end">, context: HostLinesContext): string[] => {
  const { look, check } = context;
  const { paint, verbosity } = look;
  const task = cleanLine(event.task);
  const time = formatDuration(event.ms);
  switch (event.status) {
    case "ok":
      return verbosity > 0 ? [`${paint.green("ok")}: ${task} ${paint.dim(time)}`] : [];
    case "skipped":
      return verbosity > 0 ? [`skipped: ${task}${why(event)}`] : [];
    case "changed": {
      const word = paint.yellow(check ? "would change" : "changed");
      const line = `${word}: ${task}${summaries(event.changes)} ${paint.dim(time)}`;
      return [line, ...diffs(event.changes, look)];
    }
    case "failed":
    case "ignored":
    case "rescued": {
      const what = event.failure ?? { message: "no reason was given" };
      const word = event.status === "failed" ? "failed" : `failed, ${event.status}`;
      return failure(`${word}: ${task} ${time}`, what, context);
    }
  }
};

const hostEnd = (
  { status, remaining }: EventOf<"host-end">,
  { look }: HostLinesContext,
): string[] => {
  const rest = remaining === 0 ? [] : [`${counted(remaining, "task")} not reached`];
  switch (status) {
    case "interrupted":
      return [[look.paint.yellow("interrupted"), ...rest].join(", ")];
    case "stopped":
      return [`${[look.paint.yellow("stopped"), ...rest].join(", ")}: another host failed`];
    default:
      return status === "ok" ? [] : rest.map(look.paint.dim);
  }
};

/**
 * The lines that a log gets for an event of a host, without the host's name; most events are worth
 * one with `-v` only.
 */
export const hostLines = (event: HostEvent, context: HostLinesContext): string[] => {
  const { paint, verbosity } = context.look;
  switch (event.type) {
    case "task-start":
      return context.headings
        ? [paint.bold(`task ${event.index + 1}: ${cleanLine(event.task)}`)]
        : [];
    case "facts":
      return verbosity > 0
        ? [`facts ${event.cached ? "from the cache" : formatDuration(event.ms)}`]
        : [];
    case "host-connected":
      return verbosity > 0 ? [`connected ${formatDuration(event.ms)}`] : [];
    case "probe":
      return verbosity > 1 ? [`reading the state of ${counted(event.tasks, "task")}`] : [];
    case "change":
      return verbosity > 0 ? [`now: ${cleanLine(event.summary)}`] : [];
    case "output":
      return verbosity > 0 ? [paint.dim(`| ${cleanLines(event.line).join(" ")}`).trimEnd()] : [];
    case "host-busy":
      return [`${paint.yellow("waiting")}: another run has this host: ${cleanLine(event.by)}`];
    case "retry": {
      const pause = paint.yellow(`again in ${formatDuration(event.delayMs)}`);
      const attempt = `attempt ${event.attempt} of ${event.attempts}`;
      return [`${pause}: ${cleanLine(event.task)} (${attempt}): ${cleanLine(event.reason)}`];
    }
    case "task-end":
      return taskEnd(event, context);
    case "unreachable":
      return failure("unreachable", event.failure, context);
    case "host-failed":
      return failure("failed", event.failure, context);
    case "host-end":
      return hostEnd(event, context);
    default:
      return [];
  }
};
