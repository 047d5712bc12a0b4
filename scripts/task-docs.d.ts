import type { TaskPage } from "../src/task-page.ts";

export declare const withTaskReference: (page: string, reference: readonly TaskPage[]) => string;
