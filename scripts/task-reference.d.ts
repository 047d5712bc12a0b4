import type { TaskPage } from "../src/task-page.ts";

export declare const taskReference: () => readonly TaskPage[];
