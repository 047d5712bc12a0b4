import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

const PROGRAMS = ["chromium-headless-shell", "chromium", "google-chrome"];

const find = (): string => {
  const folders = (process.env.PATH ?? "").split(delimiter);
  for (const path of PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not this one.
    }
  }
  throw new Error(`no browser: install one of ${PROGRAMS.join(", ")}`);
};

/** Starts the machine's own Chromium, without a window. */
export const startBrowser = (): Promise<Browser> =>
  // Its sandbox does not start for root, and opens nothing here but pages that tests made.
  chromium.launch({ executablePath: find(), args: ["--no-sandbox"] });

/** A page, and whatever the browser complained of or asked the network for. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: string[];
}

/** Opens a file that needs nothing else. */
export const openFile = async (browser: Browser, file: string): Promise<WatchedPage> => {
  const address = pathToFileURL(file).href;
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("data:") && url !== address) complaints.push(url);
  });
  await page.goto(address);
  return { page, complaints };
};
