import { raw, xml } from "../../markup.ts";
import { faultsOf } from "../compare.ts";
import { drawSvg } from "../draw.ts";
import type { NetworkGraph } from "../model.ts";
import { pageScript } from "./script.ts";

const pageStyle = `
:root { color-scheme: light dark; --paper: #f6f7f9; --box: #fff; --line: #d5d9e0; --ink: #1c2430; --soft: #667085; --bad: #cf222e; --match: #fff1b8; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #10151c; --box: #1a212b; --line: #344050; --ink: #e6eaf0; --soft: #97a3b4; --bad: #ff6b6b; --match: #4d4216; }
}
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; background: var(--paper); color: var(--ink); font: 13px/1.45 system-ui, "DejaVu Sans", sans-serif; }
header { display: flex; gap: 8px; align-items: center; padding: 8px 16px; background: var(--box); border-bottom: 1px solid var(--line); }
header input, header button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; }
header input { width: 18em; max-width: 40vw; }
header button { cursor: pointer; min-width: 32px; }
header output { color: var(--soft); margin-right: auto; }
:focus-visible { outline: 2px solid #2f81f7; outline-offset: 1px; }
details { position: relative; }
details summary { cursor: pointer; color: var(--bad); font-weight: 600; }
details ul { position: absolute; right: 0; z-index: 1; margin: 8px 0 0; padding: 8px 12px 8px 28px; width: max-content; max-width: 80vw; max-height: 60vh; overflow: auto; background: var(--box); border: 1px solid var(--line); border-radius: 8px; }
main { flex: 1; min-height: 0; }
svg { display: block; width: 100%; height: 100%; cursor: grab; touch-action: none; user-select: none; }
svg:active { cursor: grabbing; }
svg .paper { visibility: hidden; }
svg .host, svg .spoke, svg .link { transition: opacity .15s; }
svg .dim { opacity: .18; }
svg .match > .hit { fill: var(--match); }
#details { position: fixed; z-index: 2; max-width: 460px; max-height: 70vh; overflow: hidden; pointer-events: none; padding: 8px 12px; background: var(--box); color: var(--ink); border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 6px 24px rgb(0 0 0 / .18); overflow-wrap: anywhere; }
#details .bad { color: var(--bad); }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
@media print { header, #details { display: none; } }
`;

/** Draws a network as one HTML page that needs nothing else: no network, no other file. Pure. */
export const drawPage = (graph: NetworkGraph): string => {
  const faults = faultsOf(graph);
  const wrong = xml`<details><summary>${faults.length} wrong</summary><ul>${faults.map((fault) => xml`<li>${fault}</li>`)}</ul></details>`;
  return xml`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Mesh of ${graph.hosts.length} hosts</title>
<style>${raw(pageStyle)}</style>
</head>
<body>
<header>
<input id="search" type="search" placeholder="Find a host, container, address  ( / )" aria-label="Find a host, container or address">
<output id="found" for="search"></output>
${faults.length === 0 ? xml`` : wrong}
<button id="out" aria-label="Zoom out" title="Zoom out (-)">&minus;</button>
<button id="in" aria-label="Zoom in" title="Zoom in (+)">+</button>
<button id="fit" title="The whole picture (0)">Fit</button>
</header>
<main>${drawSvg(graph)}</main>
<div id="details" role="status" hidden></div>
<script>${raw(pageScript)}</script>
</body>
</html>
`.markup;
};
