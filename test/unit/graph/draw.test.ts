import { describe, expect, it } from "vitest";
import { boxOf } from "../../../src/graph/box.ts";
import { compare } from "../../../src/graph/compare.ts";
import { drawSvg } from "../../../src/graph/draw.ts";
import { layout, type Placed } from "../../../src/graph/layout.ts";
import { drawPage } from "../../../src/graph/page/page.ts";
import { breakHost, type MeshReport, meshReport } from "../../support/mesh-report.ts";

const overlap = (one: Placed, other: Placed): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

const classes = (report: MeshReport, pattern: RegExp): number =>
  drawSvg(compare(report)).markup.match(pattern)?.length ?? 0;

describe.each([1, 2, 3, 7, 50])("the layout of %i hosts", (count) => {
  const boxes = compare(meshReport(count)).hosts.map(boxOf);
  const at = layout({ boxes, fabric: { width: 260, height: 54 } });

  it("lays no box on another or on the network", () => {
    const all = [at.fabric, ...at.boxes];
    const lying = all.filter((one, index) => all.slice(index + 1).some((two) => overlap(one, two)));
    expect(lying).toEqual([]);
  });

  it("keeps the hosts' order from left to right and from top to bottom", () => {
    const inOrder = at.boxes.every((box, index) => {
      const next = at.boxes[index + 1];
      return next === undefined || next.y > box.y || next.x > box.x;
    });
    expect(inOrder).toBe(true);
  });

  it("is no wider than three times its height where there are many", () => {
    if (count > 4) expect(at.width / at.height).toBeLessThan(3);
  });
});

describe("the picture", () => {
  it("shows 1225 right tunnels as one spoke a host", () => {
    const report = meshReport(50);
    expect(classes(report, /class="spoke ok"/g)).toBe(50);
    expect(classes(report, /class="link bad"/g)).toBe(0);
  });

  it("draws a broken tunnel as a line of its own", () => {
    const report = meshReport(50);
    breakHost(report, "node-1", ({ tunnels }) => ({ tunnels: tunnels.slice(1) }));
    expect(classes(report, /class="link bad" data-host="node-1" data-peer="node-2"/g)).toBe(1);
    expect(classes(report, /class="link bad"/g)).toBe(1);
    expect(classes(report, /class="spoke bad"/g)).toBe(0);
  });

  it("draws a host without any tunnel as one red spoke, not as a line to every other", () => {
    const report = meshReport(50);
    breakHost(report, "node-1", () => ({ tunnels: [] }));
    expect(classes(report, /class="link bad"/g)).toBe(0);
    expect(classes(report, /class="spoke bad" data-host="node-1"/g)).toBe(1);
    expect(classes(report, /class="spoke bad"/g)).toBe(1);
  });

  it("holds what a host says as text, never as markup", () => {
    const report = meshReport(1);
    breakHost(report, "node-1", () => ({ os: `</title><script>alert("1")</script>&\u0000` }));
    const { markup } = drawSvg(compare(report));
    expect(markup).not.toContain("<script>");
    expect(markup).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;\ufffd");
  });

  it("needs no network", () => {
    const page = drawPage(compare(meshReport(3)));
    expect(page.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|src=|@import/);
  });
});
