import { readFileSync } from "node:fs";
import type { TaskPage } from "../task-page.ts";

/** The reference of all tasks, which the build read from their sources. */
export const taskPages = (): readonly TaskPage[] =>
  // Written by scripts/build.js beside this very bundle.
  JSON.parse(readFileSync(new URL("../dist/tasks.json", import.meta.url), "utf8"));
