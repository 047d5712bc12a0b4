import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { htmlReport } from "../../../src/reports/html/page.ts";
import { RunRecord } from "../../../src/reports/run-record.ts";
import type { RunEvent } from "../../../src/run/events.ts";
import { openFile, startBrowser, type WatchedPage } from "../../support/browser.ts";
import { eventfulRun, hostile, playEvents } from "../../support/eventful-run.ts";
import { largeRun } from "../../support/large-run.ts";
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

/** Hosts and tasks as a reader sees them: without what a page cannot hold. */
const shownHostile = hostile.replace(/\u0000|\u001b\[31m/g, "").replace("\ud800", "\ufffd");

/** Opens the report of a run. */
const open = (events: readonly (RunEvent | number)[]): Promise<WatchedPage> => {
  let record: RunRecord | undefined;
  playEvents(events, (now) => {
    record = new RunRecord(now);
    return record.add;
  });
  record?.close();
  const text = record === undefined ? "" : htmlReport(record);
  return openFile(browser, files.write("report.html", text));
};

describe("HTML report in a browser", () => {
  it("shows every host and task, and complains of nothing", async () => {
    const { page, complaints } = await open(eventfulRun);
    expect(await page.title()).toBe("playbooks/mesh.ts · weft");
    expect(await page.locator(".verdict").textContent()).toBe("Interrupted");
    expect(await page.locator(".recap tbody tr").count()).toBe(4);
    expect(await page.locator(".gantt tbody tr").count()).toBe(4);
    expect(await page.locator(".gantt a.bar").count()).toBe(8);
    const bar = page.getByRole("link", { name: "bridge: changed, 1.0s" });
    const box = await bar.boundingBox();
    const track = await page.locator(".gantt tbody tr:first-child .track").boundingBox();
    // One second of the two and a half that the timeline has.
    expect((box?.width ?? 0) / (track?.width ?? 1)).toBeCloseTo(1000 / 2150, 1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("shows hostile names, titles and output as text", async () => {
    const { page, complaints } = await open(eventfulRun);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("script").count()).toBe(1);
    const failure = page.locator("article.failure").first();
    expect(await failure.locator("h3 a").first().textContent()).toBe(shownHostile);
    expect(await failure.locator("pre").textContent()).toContain("<img src=x");
    expect(await page.locator(".host").nth(2).getAttribute("data-name")).toBe(shownHostile);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("filters hosts by status and by name, everywhere", async () => {
    const { page } = await open(eventfulRun);
    const visible = (selector: string): Promise<number> =>
      page.locator(selector).filter({ visible: true }).count();
    await page.getByText("1 unreachable").click();
    expect(await visible(".recap tbody tr")).toBe(1);
    expect(await visible(".gantt tbody tr")).toBe(1);
    expect(await visible("details.host")).toBe(1);
    expect(await visible("article.failure")).toBe(1);
    expect(await page.locator("#shown").textContent()).toBe("1 of 4 hosts");
    await page.locator(".choice").first().click();
    await page.getByPlaceholder("Find a host").fill("LAB");
    expect(await page.locator("#shown").textContent()).toBe("1 of 4 hosts");
    expect(await visible("#failures")).toBe(0);
    await page.close();
  });

  it("opens a diff", async () => {
    const { page } = await open(eventfulRun);
    const diff = page.locator("details.diff").first();
    expect(await diff.locator(".add").isVisible()).toBe(false);
    await page.locator("details.host > summary").first().click();
    await diff.locator("summary").click();
    expect(await diff.locator(".add").textContent()).toBe("+vni=42\n");
    expect(await diff.locator(".del").textContent()).toBe("-vni=41\n");
    await page.close();
  });

  it("shows a bar's task, time and changes on hover, and opens the task on click", async () => {
    const { page } = await open(eventfulRun);
    const bar = page.getByRole("link", { name: "bridge: changed" });
    await bar.hover();
    const tip = page.getByRole("tooltip");
    expect(await tip.textContent()).toBe("web1.example.orgbridge: changed, 1.0swrite /etc/mesh");
    await bar.click();
    expect(await page.locator("#h0t1").isVisible()).toBe(true);
    expect(await tip.isVisible()).toBe(false);
    await page.close();
  });

  it("is used by keyboard: one tab stop for the timeline, arrows within it", async () => {
    const { page } = await open(eventfulRun);
    const focused = (): Promise<string | null> =>
      page.evaluate("document.activeElement.getAttribute('aria-label')");
    expect(await page.locator(".gantt a.bar[tabindex='0']").count()).toBe(1);
    await page.locator(".gantt a.bar[tabindex='0']").focus();
    expect(await focused()).toBe("bridge: ok, 0ms");
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toBe("bridge: changed, 1.0s");
    expect(await page.getByRole("tooltip").isVisible()).toBe(true);
    await page.keyboard.press("End");
    expect(await focused()).toBe("upgrade: failed, rescued, 0ms");
    await page.keyboard.press("ArrowDown");
    expect(await focused()).toMatch(/^verify: interrupted/);
    await page.keyboard.press("Enter");
    expect(await page.locator("#h1t0").isVisible()).toBe(true);
    await page.close();
  });

  it("is dark where the reader wants it dark", async () => {
    const { page } = await open(eventfulRun);
    const background = (): Promise<string> =>
      page.evaluate("getComputedStyle(document.body).backgroundColor");
    await page.emulateMedia({ colorScheme: "light" });
    expect(await background()).toBe("rgb(246, 247, 249)");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await background()).toBe("rgb(18, 22, 28)");
    await page.close();
  });

  it("holds 200 hosts with 30 tasks each", async () => {
    const { page, complaints } = await open(largeRun(200, 30));
    expect(await page.locator(".gantt tbody tr").count()).toBe(200);
    expect(await page.locator(".gantt a.bar").count()).toBe(5930);
    await page.getByText("5 failed").click();
    expect(await page.locator("#shown").textContent()).toBe("5 of 200 hosts");
    expect(complaints).toEqual([]);
    await page.close();
  });
});
