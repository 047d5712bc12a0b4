import { type Markup, xml } from "../markup.ts";
import { type Box, HEAD_HEIGHT, hostDetails, LINE_HEIGHT, type Line, shortened } from "./box.ts";
import type { Placed } from "./layout.ts";

const PADDING = 14;
/** Pixels of a letter of each column. */
const LETTER = 6.8;

const drawLine = (line: Line, host: string, top: number, width: number): Markup => {
  const { kind, status, left, right, details, container } = line;
  const baseline = top + 15;
  const letters = Math.floor((width - 2 * PADDING - 26) / LETTER);
  if (kind === "fault" || kind === "note") {
    const indent = container === "" ? PADDING : PADDING + 30;
    const room = Math.floor((width - indent - PADDING) / 6.2) - right.length;
    return xml`<g><title>${left}</title><text class="${kind === "fault" ? "fault-words" : "soft"}" x="${indent}" y="${baseline}">${shortened(left, room)}</text><text class="soft mono" x="${width - PADDING}" y="${baseline}" text-anchor="end">${right}</text></g>`;
  }
  const indent = { bridge: PADDING, container: PADDING, nic: PADDING + 16 }[kind];
  const shown = shortened(left, Math.max(4, letters - right.length));
  const look = { bridge: "mono", container: "container-name", nic: "mono" }[kind];
  const band = xml`<rect class="band" x="1" y="${top}" width="${width - 2}" height="${LINE_HEIGHT}"/>`;
  const text = kind === "bridge" ? indent : indent + 14;
  const dot = xml`<circle class="dot" cx="${indent + 4}" cy="${top + 11}" r="${kind === "container" ? 4 : 3}"/>`;
  return xml`<g class="${kind} ${status}" data-host="${host}" data-container="${container}" tabindex="0" role="img" aria-label="${details.join(", ")}"><title>${details.join("\n")}</title>${kind === "bridge" ? band : xml``}<rect class="hit" x="4" y="${top + 1}" width="${width - 8}" height="${LINE_HEIGHT - 2}" rx="4"/>${kind === "bridge" ? xml`` : dot}<text class="${look}" x="${text}" y="${baseline}">${shown}</text><text class="mono soft" x="${width - PADDING}" y="${baseline}" text-anchor="end">${right}</text></g>`;
};

/** Draws a host with its bridges, containers and NICs. Pure. */
export const drawHost = ({ host, lines, height }: Box, { x, y, width }: Placed): Markup => {
  const { name, status, underlay, os, openvswitch } = host;
  const details = hostDetails(host);
  const below =
    status === "unknown" ? "no answer" : openvswitch === "" ? os : `Open vSwitch ${openvswitch}`;
  const room = Math.floor((width - 2 * PADDING - 16) / 8 - underlay.length * 0.85);
  return xml`<g class="host ${status}" data-host="${name}" transform="translate(${x} ${y})">
<rect class="frame" width="${width}" height="${height}" rx="8"/>
<g class="head ${status}" data-host="${name}" tabindex="0" role="img" aria-label="${details.join(", ")}"><title>${details.join("\n")}</title><rect class="hit" x="4" y="4" width="${width - 8}" height="${HEAD_HEIGHT - 8}" rx="4"/><circle class="dot" cx="${PADDING + 5}" cy="19" r="5"/><text class="name" x="${PADDING + 18}" y="24">${shortened(name, room)}</text><text class="mono soft" x="${width - PADDING}" y="24" text-anchor="end">${underlay}</text><text class="soft" x="${PADDING + 18}" y="40">${shortened(below, 30)}</text></g>
<line class="rule" x1="0" x2="${width}" y1="${HEAD_HEIGHT}" y2="${HEAD_HEIGHT}"/>
${lines.map((line, index) => drawLine(line, name, HEAD_HEIGHT + 1 + index * LINE_HEIGHT, width))}
</g>`;
};
