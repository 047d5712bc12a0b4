import { figures } from "listr2";
import { formatDuration } from "../duration.ts";
import type { EventOf } from "../event-of.ts";
import { failureBlock } from "../failure-block.ts";
import { indent } from "../indent.ts";
import type { Look } from "../look.ts";
import { pad } from "../text-width.ts";
import { changeList } from "./change-list.ts";
import type { HostProgress } from "./host-progress.ts";

/** What a summary depends on besides the host's own progress. */
export interface SummaryContext {
  readonly look: Look;
  readonly check: boolean;
  /** Characters of the longest host name, so that summaries line up. */
  readonly nameWidth: number;
  /** The renderer's clock, in milliseconds. */
  readonly now: number;
}

const counts = (progress: HostProgress, remaining: number, { look, check }: SummaryContext) => {
  const { paint } = look;
  const parts: [count: number, text: string, color: (text: string) => string][] = [
    [progress.count("ok"), "ok", (text) => text],
    [progress.count("changed"), check ? "would change" : "changed", paint.yellow],
    [progress.count("failed"), "failed", paint.red],
    [progress.count("rescued"), "rescued", paint.yellow],
    [progress.count("ignored"), "ignored", paint.yellow],
    [progress.count("skipped"), "skipped", (text) => text],
    [remaining, "not reached", (text) => text],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, text, color]) => color(`${count} ${text}`))
    .join(", ");
};

const icon = (status: EventOf<"host-end">["status"], { look }: SummaryContext): string => {
  if (status === "ok") return look.paint.green(figures.tick);
  if (status === "interrupted" || status === "stopped") {
    return look.paint.yellow(figures.squareSmallFilled);
  }
  return look.paint.red(figures.cross);
};

const outcome = (
  { status }: EventOf<"host-end">,
  progress: HostProgress,
  { look }: SummaryContext,
): string => {
  if (status === "unreachable") return look.paint.red("unreachable");
  if (status === "interrupted") {
    const where = progress.change || progress.task;
    return look.paint.yellow(`interrupted${where === "" ? "" : ` at: ${where}`}`);
  }
  if (status === "stopped") return look.paint.yellow("stopped, for another host failed");
  return status === "failed" && progress.count("failed") === 0 ? look.paint.red("failed") : "";
};

const failures = (progress: HostProgress, look: Look): string[] =>
  progress.failures.flatMap(({ failure, title }) => [
    "",
    ...failureBlock(failure, look, title),
    "",
  ]);

/** What stays on the screen of a host that is through with a play. */
export const hostSummary = (
  event: EventOf<"host-end">,
  progress: HostProgress,
  context: SummaryContext,
): string[] => {
  const { look, nameWidth, now } = context;
  const parts = [
    outcome(event, progress, context),
    counts(progress, event.remaining, context),
    look.paint.dim(formatDuration(now - (progress.began ?? now))),
  ];
  const row = `${icon(event.status, context)} ${pad(progress.host, nameWidth)}  ${parts.filter((part) => part !== "").join("  ")}`;
  const inner = { ...look, width: look.width - 5 };
  return [
    row,
    ...indent(changeList(progress.ended, inner), 4),
    ...indent(failures(progress, inner), 4),
  ];
};
