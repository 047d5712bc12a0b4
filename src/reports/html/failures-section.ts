import { html, type Markup, nothing } from "../../markup.ts";
import type { Failure } from "../../run/events.ts";
import { cleanLine, cleanLines } from "../../ui/clean-text.ts";
import { counted } from "../../ui/counted.ts";
import { filtered, type ReportHost, taskId } from "./report-host.ts";

/** The rest is folded: a fault that all hosts share must not push the timeline out of sight. */
const MAX_OPEN = 10;

const paragraph = (text: string): Markup =>
  html`<p class="message">${cleanLines(text).join("\n")}</p>`;

/** What went wrong, the command with its last output and exit code, and what to try. */
export const failureBody = ({ message, command, output, exitCode, hint }: Failure): Markup => {
  const transcript = [
    ...(command === undefined ? [] : [`$ ${cleanLines(command).join("\n  ")}`]),
    ...(output === undefined ? [] : cleanLines(output)),
    ...(exitCode === undefined ? [] : [`exit code ${exitCode}`]),
  ];
  return html`${paragraph(message)}
${transcript.length === 0 ? nothing : html`<pre tabindex="0">${transcript.join("\n")}</pre>`}
${hint === undefined ? nothing : paragraph(`Try: ${hint}`)}`;
};

const failuresOf = (host: ReportHost): readonly Markup[] => {
  const article = (target: string, title: string, failure: Failure): Markup =>
    html`<article class="failure" ${filtered(host)}>
<h3><a href="#${host.id}">${host.name}</a> <a class="task" href="#${target}">${title}</a></h3>
${failureBody(failure)}
</article>
`;
  return [
    ...host.record.tasks.flatMap(({ title, status, failure }, index) =>
      status === "failed"
        ? [
            article(
              taskId(host, index),
              cleanLine(title),
              failure ?? { message: "no reason was given" },
            ),
          ]
        : [],
    ),
    ...host.record.faults.map(({ kind, failure }) => article(host.id, kind, failure)),
  ];
};

const more = (failures: readonly Markup[]): Markup =>
  failures.length === 0
    ? nothing
    : html`<details class="more"><summary>${counted(failures.length, "more failure")}</summary>
${failures}</details>
`;

/** All that failed, in full; failures that were ignored or rescued are with their tasks. */
export const failuresSection = (hosts: readonly ReportHost[]): Markup => {
  const failures = hosts.flatMap(failuresOf);
  if (failures.length === 0) return nothing;
  return html`<section aria-labelledby="failures">
<h2 id="failures">Failures</h2>
${failures.slice(0, MAX_OPEN)}${more(failures.slice(MAX_OPEN))}</section>`;
};
