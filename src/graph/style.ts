/** Colours and type of the picture, in light and dark. */
export const style = `
.weft-graph {
  --paper: #f6f7f9; --box: #ffffff; --line: #d5d9e0; --ink: #1c2430; --soft: #667085; --faint: #f0f2f5;
  --ok: #1a8f4c; --bad: #cf222e; --bad-paper: #fdecec; --unknown: #98a2b3;
  --fabric: #eaf6ef; --fabric-line: #8fceaa;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-size: 12px;
  background: var(--paper);
}
@media (prefers-color-scheme: dark) {
  .weft-graph {
    --paper: #10151c; --box: #1a212b; --line: #344050; --ink: #e6eaf0; --soft: #97a3b4; --faint: #222b37;
    --ok: #3fb871; --bad: #ff6b6b; --bad-paper: #3b2026; --unknown: #6b7787;
    --fabric: #16291f; --fabric-line: #2f6b48;
  }
}
.weft-graph text { fill: var(--ink); }
.weft-graph .title { font-size: 18px; font-weight: 600; }
.weft-graph .soft { fill: var(--soft); }
.weft-graph .name { font-size: 14px; font-weight: 600; }
.weft-graph .mono { font-family: ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; font-size: 11px; }
.weft-graph .container-name { font-weight: 600; }
.weft-graph .paper { fill: var(--paper); }
.weft-graph .frame { fill: var(--box); stroke: var(--line); }
.weft-graph .rule { stroke: var(--line); }
.weft-graph .band { fill: var(--faint); }
.weft-graph .ok > .dot { fill: var(--ok); }
.weft-graph .bad > .dot { fill: var(--bad); }
.weft-graph .unknown > .dot { fill: var(--unknown); }
.weft-graph .hit { fill: transparent; }
.weft-graph .bad > .hit { fill: var(--bad-paper); }
.weft-graph .bad > text, .weft-graph .fault-words { fill: var(--bad); }
.weft-graph .unknown > text { fill: var(--soft); }
.weft-graph .host.bad .frame { stroke: var(--bad); stroke-width: 1.5; }
.weft-graph .host.unknown .frame { stroke: var(--unknown); stroke-dasharray: 6 4; }
.weft-graph .fabric rect { fill: var(--fabric); stroke: var(--fabric-line); stroke-width: 1.5; }
.weft-graph path { fill: none; }
.weft-graph .spoke path, .weft-graph .trunk { stroke: var(--ok); stroke-width: 1.75; }
.weft-graph .junction { fill: var(--ok); }
.weft-graph .spoke.bad path { stroke: var(--bad); stroke-width: 2.25; }
.weft-graph .spoke.unknown path { stroke: var(--unknown); stroke-dasharray: 6 4; }
.weft-graph .link .edge { stroke: var(--bad); stroke-width: 2.25; }
.weft-graph .link .halo { stroke: var(--paper); stroke-width: 6; opacity: .8; }
.weft-graph .link .wide { stroke: transparent; stroke-width: 14; }
.weft-graph .link circle { fill: var(--bad); }
.weft-graph .link .cross { stroke: #fff; stroke-width: 2; }
.weft-graph [tabindex]:focus { outline: none; }
.weft-graph [tabindex]:focus-visible > .hit, .weft-graph [tabindex]:hover > .hit { stroke: var(--soft); }
.weft-graph [tabindex]:focus-visible > path.edge, .weft-graph .spoke:focus-visible path { stroke-width: 4; }
`;
