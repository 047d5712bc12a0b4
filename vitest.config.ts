import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests run on the sources: the package's own name means src/index.ts here, as it means to tsc.
const alias = { weft: fileURLToPath(new URL("./src/index.ts", import.meta.url)) };

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          // Most of them wait for a shell or a socket and leave the processor to others.
          maxWorkers: 4,
          // They share modules, not state: loading zod anew for each file would take longest of all.
          isolate: false,
          testTimeout: 20_000,
          // Another's machine may be busy with something else; a second try is told beside the test's name.
          retry: process.env.CI === undefined ? 0 : 1,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          // Emulated machines take minutes for what the others do in seconds: no part of `npm test`.
          name: "kernel",
          include: ["test/kernel/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
        },
      },
    ],
  },
});
