// Bundles the command line and the library into dist/: a start-up that reads a few files instead of some hundreds.
import { copyFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

// zod brings its messages in 50 languages; weft speaks one, and they take as long to load as the rest.
const withoutLocales = {
  name: "zod-without-locales",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /\/locales\/index\.js$/ }, () => ({ path: "none", namespace: "locales" }));
    onLoad({ filter: /.*/, namespace: "locales" }, () => ({ contents: "export {};" }));
  },
};

// ssh2 compiles WebAssembly for chacha20-poly1305 at every start; weft offers AES-GCM and never that cipher.
const withoutPoly1305 = {
  name: "ssh2-without-poly1305",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /crypto\/poly1305\.js$/ }, () => ({ path: "none", namespace: "poly1305" }));
    onLoad({ filter: /.*/, namespace: "poly1305" }, () => ({
      contents: "module.exports = async () => ({ _malloc: () => 0, cwrap: () => () => 0 });",
    }));
  },
};

rmSync(`${root}dist`, { recursive: true, force: true });
const common = {
  absWorkingDir: root,
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  minify: true,
  // A line that an error shows should fit on a screen.
  lineLimit: 120,
  plugins: [withoutLocales, withoutPoly1305],
  // Optional native parts of ssh2.
  external: ["cpu-features", "*.node"],
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
};

// Apart from each other: what they share would become files of its own, and each file costs the start a little.
await build({ ...common, entryPoints: { cli: "src/cli/main.ts" } });
await build({
  ...common,
  entryPoints: { index: "src/index.ts", "lab-forwarder": "src/lab/forwarder-main.ts" },
});
// jiti loads its compiler only for a file that is not in its cache, from "../dist/babel.cjs".
copyFileSync(`${root}node_modules/jiti/dist/babel.cjs`, `${root}dist/babel.cjs`);
