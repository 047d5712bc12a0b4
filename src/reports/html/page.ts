import { createHash } from "node:crypto";
import { html, type Markup, nothing, raw } from "../../markup.ts";
import { cleanLine } from "../../ui/clean-text.ts";
import { counted } from "../../ui/counted.ts";
import { formatDuration } from "../../ui/duration.ts";
import type { RunRecord } from "../run-record.ts";
import { failuresSection } from "./failures-section.ts";
import { hostsSection } from "./hosts-section.ts";
import { recapSection } from "./recap-section.ts";
import { type ReportHost, reportHosts } from "./report-host.ts";
import { SCRIPT } from "./script.ts";
import { HOST_STATUSES, type HostStatus, statusWord } from "./status.ts";
import { STYLE } from "./style.ts";
import { timeline } from "./timeline.ts";

// Were a text ever not escaped, the browser would still run nothing but this page's own script.
const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  `script-src 'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`,
].join("; ");

const countOf = (hosts: readonly ReportHost[], status: HostStatus): number =>
  hosts.filter((host) => host.status === status).length;

const verdict = (hosts: readonly ReportHost[], run: RunRecord): Markup => {
  const lost = countOf(hosts, "failed") + countOf(hosts, "unreachable");
  if (run.interrupted) return html`<p class="verdict interrupted">Interrupted</p>`;
  if (lost > 0) {
    const of = hosts.length === 1 ? "" : ` of ${hosts.length}`;
    return html`<p class="verdict failed">Failed on ${lost}${of} ${hosts.length === 1 ? "host" : "hosts"}</p>`;
  }
  return html`<p class="verdict ok">Succeeded</p>`;
};

const filter = (hosts: readonly ReportHost[], check: boolean): Markup => {
  const choice = (value: string, word: string, count: number): Markup =>
    html`<label class="choice ${value}"><input type="radio" name="status" value="${value}"${value === "" ? html` checked` : nothing}><strong>${count}</strong> ${word}</label>`;
  const present = HOST_STATUSES.filter((status) => countOf(hosts, status) > 0);
  return html`<div class="filter" role="search" aria-label="Filter hosts">
<fieldset><legend class="hidden">Hosts by status</legend>${choice("", hosts.length === 1 ? "host" : "hosts", hosts.length)}${present.map(
    (status) => choice(status, statusWord(status, check), countOf(hosts, status)),
  )}</fieldset>
<label class="find"><span class="hidden">Host name contains</span><input type="search" id="find" placeholder="Find a host" autocomplete="off" spellcheck="false"></label>
<output id="shown" aria-live="polite">${counted(hosts.length, "host")}</output>
</div>`;
};

/** The time as it is read anywhere: `2026-01-02 03:04:05 UTC`. */
const timeOf = (date: Date): string =>
  date
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z/, " UTC");

/**
 * A run as one HTML file that needs nothing else: no network, no other file. Everything is there
 * without its script, which filters, moves through the timeline by keyboard and shows tooltips.
 */
export const htmlReport = (run: RunRecord): string => {
  const hosts = reportHosts(run);
  const title = cleanLine(run.playbook);
  const mode = run.check
    ? html` &middot; <strong>check mode: nothing was changed</strong>`
    : nothing;
  const { markup: page } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="weft">
<link rel="icon" href="data:,">
<title>${title} &middot; weft</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<div class="heading"><h1>${title}</h1>${verdict(hosts, run)}</div>
<p class="about"><time datetime="${run.began.toISOString()}">${timeOf(run.began)}</time> &middot; ${formatDuration(run.ms)} &middot; ${counted(hosts.length, "host")}${mode}</p>
</header>
${filter(hosts, run.check)}
<main>
${failuresSection(hosts)}
${timeline(hosts, run)}
${recapSection(hosts, run.check)}
${hostsSection(hosts, run.check)}
</main>
<div id="tip" role="tooltip" hidden></div>
<script>${raw(SCRIPT)}</script>
</body>
</html>
`;
  return page;
};
