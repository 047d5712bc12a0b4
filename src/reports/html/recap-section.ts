import { html, type Markup } from "../../markup.ts";
import type { HostRecap } from "../../run/events.ts";
import { formatDuration } from "../../ui/duration.ts";
import { endOf, filtered, type ReportHost } from "./report-host.ts";
import { statusWord } from "./status.ts";

const COUNTS: readonly (keyof HostRecap)[] = [
  "ok",
  "changed",
  "failed",
  "unreachable",
  "skipped",
  "rescued",
  "ignored",
];

/** How long a host was at work: from its first act to its last. */
const busyMs = ({ record }: ReportHost): number => {
  const spans = [...record.tasks, ...record.stretches];
  const first = spans.reduce(
    (earliest, { at }) => Math.min(earliest, at),
    Number.POSITIVE_INFINITY,
  );
  const last = spans.reduce((latest, span) => Math.max(latest, endOf(span)), 0);
  return spans.length === 0 ? 0 : last - first;
};

/** A row of counts a host. */
export const recapSection = (hosts: readonly ReportHost[], check: boolean): Markup => {
  const row = (host: ReportHost): Markup => html`<tr ${filtered(host)}>
<th scope="row"><a href="#${host.id}">${host.name}</a></th>
<td><span class="badge ${host.status}">${statusWord(host.status, check)}</span></td>
${COUNTS.map((count) => {
  const value = host.recap[count];
  return html`<td class="number${value > 0 ? ` ${count}` : " zero"}">${value}</td>`;
})}
<td class="number">${formatDuration(busyMs(host))}</td>
</tr>
`;
  return html`<section aria-labelledby="recap">
<h2 id="recap">Recap</h2>
<div class="scroll"><table class="recap">
<thead><tr><th scope="col">Host</th><th scope="col">Status</th>${COUNTS.map(
    (count) =>
      html`<th scope="col" class="number">${count === "changed" ? statusWord(count, check) : count}</th>`,
  )}<th scope="col" class="number">time</th></tr></thead>
<tbody>
${hosts.map(row)}</tbody>
</table></div>
</section>`;
};
