// Bundles the command line and the library into dist/, shared code in chunks: one copy of the library,
// and a start-up that reads a few files instead of some hundreds.
import { rmSync } from "node:fs";
import { build } from "esbuild";

rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
await build({
  absWorkingDir: new URL("..", import.meta.url).pathname,
  entryPoints: {
    cli: "src/cli/main.ts",
    index: "src/index.ts",
    "lab-forwarder": "src/lab/forwarder-main.ts",
  },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  minifySyntax: true,
  // jiti carries its own loader files; the other two are optional native parts of ssh2.
  external: ["jiti", "cpu-features", "*.node"],
  // ssh2 is CommonJS and expects what such modules have.
  banner: {
    js: [
      'import { createRequire as __createRequire } from "node:module";',
      'import { fileURLToPath as __fileURLToPath } from "node:url";',
      "const require = __createRequire(import.meta.url);",
      "const __bundleFilename = __fileURLToPath(import.meta.url);",
      'const __bundleDirname = __fileURLToPath(new URL(".", import.meta.url));',
    ].join("\n"),
  },
  // Only where a module does not declare the names itself, as yargs does.
  define: { __filename: "__bundleFilename", __dirname: "__bundleDirname" },
  logLevel: "warning",
});
