import { type Markup, raw, xml } from "../markup.ts";
import { type Box, boxOf } from "./box.ts";
import { drawHost } from "./draw-host.ts";
import { type Layout, layout, type Point } from "./layout.ts";
import type { Link, NetworkGraph, Status } from "./model.ts";
import { style } from "./style.ts";
import { summary } from "./summary.ts";

const MARGIN = 28;
const TITLE_HEIGHT = 72;
/** Room below the last row for the links that bow there. */
const BOW = 44;
const FABRIC = { width: 260, height: 54 };
const MIN_WIDTH = 560;

interface Drawing {
  readonly graph: NetworkGraph;
  readonly boxes: readonly Box[];
  readonly at: Layout;
}

/** A host none of whose known links is right: its spoke tells that, instead of a line to every other. */
const isCutOff = (host: string, links: readonly Link[]): boolean => {
  const known = links.filter(({ hosts, status }) => hosts.includes(host) && status !== "unknown");
  return known.length > 0 && known.every(({ status }) => status === "bad");
};

const spokeStatus = (host: string, { hosts, links }: NetworkGraph): Status => {
  if (hosts.find(({ name }) => name === host)?.status === "unknown") return "unknown";
  return isCutOff(host, links) ? "bad" : "ok";
};

const linkDetails = ({ hosts, vni, faults, ends, pingMs }: Link): readonly string[] => [
  `tunnel ${hosts.join(" – ")}`,
  ...faults.map((fault) => `✗ ${fault}`),
  `VNI: ${vni}`,
  ...ends.map(
    ({ host, port, remote, sentPackets, receivedPackets }) =>
      `${host} ${port}: to ${remote}, ${sentPackets} packets sent, ${receivedPackets} received`,
  ),
  ...(pingMs === undefined ? [] : [`fastest ping: ${pingMs} ms`]),
];

/** A link of some host, in a line. */
const linkLine = (host: string, { hosts, status, faults, ends, pingMs }: Link): string => {
  const peer = hosts.find((name) => name !== host) ?? "";
  if (status === "bad") return `✗ ${peer}: ${faults[0]}`;
  if (status === "unknown") return `? ${peer}: not known`;
  const end = ends.find((one) => one.host === host);
  const ping = pingMs === undefined ? "" : `, ping ${pingMs} ms`;
  return `${peer}: ${end?.port}, ${end?.sentPackets} packets sent, ${end?.receivedPackets} received${ping}`;
};

const curve = (from: Point, to: Point): string => {
  const middle = (from.y + to.y) / 2;
  return `M${from.x} ${from.y}C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`;
};

const drawSpokes = ({ graph, boxes, at }: Drawing): readonly Markup[] =>
  boxes.map(({ host: { name } }, index) => {
    const details = [
      `tunnels of ${name}`,
      ...graph.links
        .filter(({ hosts }) => hosts.includes(name))
        .map((link) => linkLine(name, link)),
    ];
    const place = at.boxes[index];
    const start = at.hubs[index];
    if (place === undefined || start === undefined) return xml``;
    const path = curve(start, { x: place.x + place.width / 2, y: place.y });
    return xml`<g class="spoke ${spokeStatus(name, graph)}" data-host="${name}" tabindex="0" role="img" aria-label="tunnels of ${name}"><title>${details.join("\n")}</title><path d="${path}"/></g>`;
  });

/** Below a row where both boxes are in it, else from the upper box's foot to the lower one's head. */
const linkPath = (one: number, other: number, at: Layout): { path: string; middle: Point } => {
  const [a, b] = [at.boxes[one], at.boxes[other]];
  if (a === undefined || b === undefined) return { path: "", middle: { x: 0, y: 0 } };
  const from = { x: a.x + a.width * 0.6, y: a.y + a.height };
  const rowBottom = at.rowBottoms[one] ?? 0;
  if (at.rowBottoms[other] === rowBottom) {
    const to = { x: b.x + b.width * 0.4, y: b.y + b.height };
    const low = rowBottom + BOW;
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y + 6 * low) / 8 };
    return { path: `M${from.x} ${from.y}C${from.x} ${low} ${to.x} ${low} ${to.x} ${to.y}`, middle };
  }
  const to = { x: b.x + b.width * 0.4, y: b.y };
  return {
    path: `M${from.x} ${from.y}C${from.x} ${from.y + BOW} ${to.x} ${to.y - BOW} ${to.x} ${to.y}`,
    middle: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 },
  };
};

const drawLinks = ({ graph, boxes, at }: Drawing): readonly Markup[] => {
  const indexOf = new Map(boxes.map(({ host }, index) => [host.name, index]));
  return graph.links
    .filter(({ status }) => status === "bad")
    .filter(({ hosts }) => !hosts.some((host) => spokeStatus(host, graph) === "bad"))
    .map((link) => {
      const [one, other] = link.hosts;
      const { path, middle } = linkPath(indexOf.get(one) ?? 0, indexOf.get(other) ?? 0, at);
      const { x, y } = middle;
      return xml`<g class="link bad" data-host="${one}" data-peer="${other}" tabindex="0" role="img" aria-label="tunnel ${one} to ${other}: ${link.faults.join("; ")}"><title>${linkDetails(link).join("\n")}</title><path class="halo" d="${path}"/><path class="edge" d="${path}"/><path class="wide" d="${path}"/><circle cx="${x}" cy="${y}" r="9"/><path class="cross" d="M${x - 3.5} ${y - 3.5}l7 7m0 -7l-7 7"/></g>`;
    });
};

const drawFabric = ({ graph, at }: Drawing): Markup => {
  const { x, y, width, height } = at.fabric;
  const right = graph.links.filter(({ status }) => status === "ok").length;
  const words = `${right} of ${graph.links.length} tunnels right`;
  const name = `VXLAN ${graph.vnis.join(", ")}`;
  return xml`<g class="fabric" tabindex="0" role="img" aria-label="${name}, ${words}"><title>${`${name}\n${words}\nUDP port: 4789`}</title><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="27"/><text class="name" x="${x + width / 2}" y="${y + 24}" text-anchor="middle">${name}</text><text class="soft" x="${x + width / 2}" y="${y + 41}" text-anchor="middle">${words}</text></g>`;
};

const legend = (right: number): Markup => {
  const entries = [
    ["ok", "as declared", 238],
    ["bad", "wrong", 138],
    ["unknown", "no answer", 72],
  ] as const;
  return xml`${entries.map(([status, words, left]) => xml`<g class="${status}"><circle class="dot" cx="${right - left}" cy="30" r="5"/></g><text class="soft" x="${right - left + 11}" y="34">${words}</text>`)}`;
};

/**
 * Draws a network as an SVG that stands alone. Everything that tells more has it in its `<title>`, which
 * browsers show, and can be reached by Tab. Pure.
 */
export const drawSvg = (graph: NetworkGraph): Markup => {
  const boxes = graph.hosts.map(boxOf);
  const at = layout({ boxes, fabric: FABRIC });
  const drawing: Drawing = { graph, boxes, at };
  const inner = Math.max(at.width, MIN_WIDTH);
  const width = Math.ceil(inner + 2 * MARGIN);
  const height = Math.ceil(at.height + TITLE_HEIGHT + MARGIN + BOW);
  const left = MARGIN + (inner - at.width) / 2;
  const minute = `${graph.at.slice(0, 16).replace("T", " ")} UTC`;
  const about = `${summary(graph)} · ${minute}`;
  const hosts = boxes.map((box, index) =>
    drawHost(box, at.boxes[index] ?? { x: 0, y: 0, width: 0, height: 0 }),
  );
  const trunks = at.trunks.map(
    ([from, bend, to]) =>
      xml`<path class="trunk" d="${curve(from, bend)}V${to.y}"/><circle class="junction" cx="${to.x}" cy="${to.y}" r="4"/>`,
  );
  return xml`<svg xmlns="http://www.w3.org/2000/svg" class="weft-graph" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<style>${raw(style)}</style>
<rect class="paper" width="${width}" height="${height}"/>
<text class="title" x="${MARGIN}" y="36">Mesh of ${graph.hosts.length === 1 ? "1 host" : `${graph.hosts.length} hosts`}</text>
<text class="soft" x="${MARGIN}" y="56">${about}</text>
${legend(width - MARGIN)}
<g transform="translate(${left} ${TITLE_HEIGHT})">
${trunks}
${drawSpokes(drawing)}
${drawFabric(drawing)}
${hosts}
${drawLinks(drawing)}
</g>
</svg>
`;
};
