import { html, type Markup } from "../../markup.ts";
import { cleanLine } from "../../ui/clean-text.ts";
import { preciseDuration } from "../../ui/duration.ts";
import type { RunRecord } from "../run-record.ts";
import { endOf, filtered, type ReportHost, taskId } from "./report-host.ts";
import { statusWord } from "./status.ts";

const MAX_TICKS = 8;
/** From so many hosts on the rows are lower. */
const MANY_HOSTS = 30;

const LEGEND = ["ok", "changed", "failed", "ignored", "rescued", "skipped", "interrupted"] as const;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((ms) => ms),
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440].map((minutes) => minutes * MINUTE),
];

/** Times at which the ruler has a mark, in milliseconds: round, and few enough to be read. */
export const ticks = (total: number): readonly number[] => {
  const largest = STEPS.at(-1) ?? total;
  const step = STEPS.find((candidate) => total / candidate <= MAX_TICKS) ?? largest;
  const count = Math.min(Math.floor(total / step), 100);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
};

/** `left` and `width` in per cent of the whole. */
const place = (at: number, ms: number, total: number): string => {
  const percent = (value: number): string => ((value / total) * 100).toFixed(2);
  return `left:${percent(at)}%;width:${percent(ms)}%`;
};

const bars = (host: ReportHost, run: RunRecord, total: number): readonly Markup[] => [
  ...host.record.stretches.map(
    ({ kind, at, ms }) =>
      html`<span class="bar stretch" style="${place(at, ms, total)}" data-tip="${kind}, ${preciseDuration(ms)}"></span>`,
  ),
  ...host.record.tasks.map(({ title, status, at, ms }, index) => {
    const label = `${cleanLine(title)}: ${statusWord(status, run.check)}, ${preciseDuration(ms)}`;
    return html`<a class="bar ${status}" href="#${taskId(host, index)}" style="${place(at, ms, total)}" aria-label="${label}" tabindex="-1"></a>`;
  }),
  ...host.record.faults.map(
    ({ kind, at, failure }) =>
      html`<a class="bar failed" href="#${host.id}" style="${place(at, 0, total)}" aria-label="${kind}: ${cleanLine(failure.message)}" tabindex="-1"></a>`,
  ),
];

/** Hosts as rows, what they did as bars, on one scale of time. */
export const timeline = (hosts: readonly ReportHost[], run: RunRecord): Markup => {
  const ends = hosts.flatMap(({ record }) => [...record.tasks, ...record.stretches].map(endOf));
  const total = ends.reduce((latest, end) => Math.max(latest, end), Math.max(1, run.ms));
  const marks = ticks(total).map(
    (at) =>
      html`<span class="tick" style="${`left:${((at / total) * 100).toFixed(2)}%`}">${at === 0 ? "0" : preciseDuration(at)}</span>`,
  );
  const used = new Set(hosts.flatMap(({ record }) => record.tasks.map(({ status }) => status)));
  const legend = LEGEND.filter((status) => used.has(status)).map(
    (status) =>
      html`<li><span class="swatch ${status}"></span>${statusWord(status, run.check)}</li>`,
  );
  return html`<section aria-labelledby="timeline">
<h2 id="timeline">Timeline</h2>
<ul class="legend" aria-label="Colours of the bars">${legend}<li><span class="swatch stretch"></span>connect, gather facts, read state</li></ul>
<div class="gantt${hosts.length > MANY_HOSTS ? " many" : ""}" role="group" aria-label="Timeline: arrow keys move between tasks, Enter opens one">
<table>
<thead><tr><th scope="col">Host</th><td class="ruler" aria-hidden="true"><div class="track">${marks}</div></td></tr></thead>
<tbody>
${hosts.map(
  (host) =>
    html`<tr ${filtered(host)}><th scope="row"><a href="#${host.id}" title="${host.name}">${host.name}</a></th><td><div class="track">${bars(host, run, total)}</div></td></tr>
`,
)}</tbody>
</table>
</div>
</section>`;
};
