import { html, type Markup, nothing } from "../../markup.ts";
import type { ShownChange } from "../../run/events.ts";
import { cleanLine, cleanLines } from "../../ui/clean-text.ts";
import { counted } from "../../ui/counted.ts";
import { diffBlock } from "../../ui/diff-block.ts";
import { preciseDuration } from "../../ui/duration.ts";
import { createLook } from "../../ui/look.ts";
import type { TaskRecord } from "../run-record.ts";
import { failureBody } from "./failures-section.ts";
import { filtered, type ReportHost, taskId } from "./report-host.ts";
import { statusWord } from "./status.ts";

const look = createLook({ color: false, verbosity: 0, showDiff: true }, Number.POSITIVE_INFINITY);

const HEADER_LINES = 2;
const LINE_CLASSES: Readonly<Record<string, string>> = { "+": "add", "-": "del", "@": "hunk" };

const diffLine = (line: string, index: number): Markup => {
  const kind = index < HEADER_LINES ? "file" : LINE_CLASSES[line.slice(0, 1)];
  return kind === undefined ? html`${line}\n` : html`<span class="${kind}">${line}\n</span>`;
};

const change = ({ summary, diff }: ShownChange): Markup => {
  const title = cleanLine(summary);
  if (diff === undefined) return html`<li>${title}</li>`;
  return html`<li><details class="diff"><summary>${title}</summary><pre tabindex="0">${diffBlock(diff, look).map(diffLine)}</pre></details></li>`;
};

const output = ({ output: lines, droppedLines }: TaskRecord): Markup => {
  const shown = cleanLines(lines.join("\n"));
  if (shown.length === 0) return nothing;
  const rest = droppedLines > 0 ? `, ${droppedLines} before them left out` : "";
  return html`<details class="output"><summary>${counted(shown.length, "line")} of output${rest}</summary><pre tabindex="0">${shown.join("\n")}</pre></details>`;
};

const text = (report: string | undefined): Markup =>
  report === undefined ? nothing : html`<pre tabindex="0">${cleanLines(report).join("\n")}</pre>`;

const taskRow = (host: ReportHost, task: TaskRecord, index: number, check: boolean): Markup => {
  const { title, status, changes, failure, ms, play } = task;
  const first = index === 0 || host.record.tasks[index - 1]?.play !== play;
  const heading = first
    ? html`<tr class="play"><th scope="colgroup" colspan="4">${cleanLine(play)}</th></tr>
`
    : nothing;
  return html`${heading}<tr id="${taskId(host, index)}" tabindex="-1">
<th scope="row">${cleanLine(title)}</th>
<td><span class="badge ${status}">${statusWord(status, check)}</span></td>
<td class="number">${preciseDuration(ms)}</td>
<td>${changes.length === 0 ? nothing : html`<ul class="changes">${changes.map(change)}</ul>`}${failure === undefined ? nothing : failureBody(failure)}${text(task.report)}${output(task)}</td>
</tr>
`;
};

const missed = ({ record }: ReportHost): Markup => {
  const count = record.ends.reduce((sum, { remaining }) => sum + remaining, 0);
  return count === 0 ? nothing : html`<p class="note">${counted(count, "task")} not reached</p>`;
};

const hostDetails = (host: ReportHost, check: boolean): Markup => {
  const { record, status } = host;
  return html`<details class="host" id="${host.id}" ${filtered(host)}>
<summary><span class="name">${host.name}</span> <span class="badge ${status}">${statusWord(status, check)}</span></summary>
${record.faults.map(({ failure }) => failureBody(failure))}
${
  record.tasks.length === 0
    ? nothing
    : html`<div class="scroll"><table class="tasks">
<thead><tr><th scope="col">Task</th><th scope="col">Status</th><th scope="col" class="number">Time</th><th scope="col">Changes and output</th></tr></thead>
<tbody>
${record.tasks.map((task, index) => taskRow(host, task, index, check))}</tbody>
</table></div>`
}
${missed(host)}
</details>
`;
};

/** Every task of every host, folded, with changes, diffs, output and failures. */
export const hostsSection = (hosts: readonly ReportHost[], check: boolean): Markup =>
  html`<section aria-labelledby="hosts">
<h2 id="hosts">Tasks by host</h2>
${hosts.map((host) => hostDetails(host, check))}</section>`;
