import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compare } from "../../../src/graph/compare.ts";
import { drawPage } from "../../../src/graph/page/page.ts";
import { openFile, startBrowser, type WatchedPage } from "../../support/browser.ts";
import { breakHost, type MeshReport, meshReport } from "../../support/mesh-report.ts";
import { type Scratch, scratch } from "../../support/scratch.ts";

let browser: Browser;
let files: Scratch;

beforeAll(async () => {
  files = scratch();
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  files.remove();
});

/** Opens a mesh's page. */
const open = (report: MeshReport): Promise<WatchedPage> =>
  openFile(browser, files.write("graph.html", drawPage(compare(report))));

const broken = (): MeshReport => {
  const report = meshReport(3);
  breakHost(report, "node-1", ({ tunnels }) => ({
    tunnels: tunnels.filter(({ peer }) => peer !== "node-2"),
  }));
  return report;
};

describe("the graph's page in a browser", () => {
  it("shows every host of 50 within the window, and complains of nothing", async () => {
    const { page, complaints } = await open(meshReport(50));
    const heads = await page.locator(".host .head").all();
    expect(heads).toHaveLength(50);
    for (const head of heads) {
      const box = await head.boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= 1280).toBe(true);
      expect(box && box.y >= 0 && box.y + box.height <= 900).toBe(true);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("tells by hover why something is red", async () => {
    const { page } = await open(broken());
    await page.locator(".link.bad .cross").hover();
    expect(await page.locator("#details").textContent()).toContain("node-1: no tunnel to node-2");
    await page.locator(".nic").first().hover();
    expect(await page.locator("#details").textContent()).toContain("MTU: 1450");
    await page.close();
  });

  it("tells the same by keyboard", async () => {
    const { page } = await open(broken());
    const details = page.locator("#details");
    for (let at = 0; at < 60; at += 1) {
      await page.keyboard.press("Tab");
      if ((await details.textContent())?.includes("no tunnel to node-2")) break;
    }
    expect(await details.isVisible()).toBe(true);
    expect(await details.textContent()).toContain("node-1: no tunnel to node-2");
    await page.keyboard.press("Escape");
    expect(await details.isVisible()).toBe(false);
    await page.close();
  });

  it("finds a container and dims the other hosts", async () => {
    const { page } = await open(meshReport(50));
    await page.keyboard.press("/");
    await page.keyboard.type("web-17");
    expect(await page.locator("#found").textContent()).toBe("1 host");
    expect(await page.locator(".host:not(.dim)").getAttribute("data-host")).toBe("node-17");
    await page.keyboard.press("Escape");
    expect(await page.locator(".host.dim").count()).toBe(0);
    await page.close();
  });

  it("zooms by keys and by wheel, moves by pointer, and fits again", async () => {
    const { page } = await open(meshReport(3));
    const box = async () => page.locator(".host").first().boundingBox();
    const before = await box();
    await page.keyboard.press("+");
    expect((await box())?.width).toBeGreaterThan((before?.width ?? 0) * 1.3);
    await page.mouse.move(640, 700);
    await page.mouse.wheel(0, 300);
    await page.mouse.down();
    await page.mouse.move(700, 760);
    await page.mouse.up();
    await page.keyboard.press("0");
    expect(await box()).toEqual(before);
    await page.close();
  });
});
