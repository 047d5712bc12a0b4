// Bundles the command line and the library into dist/: a start-up that reads a few files instead of some hundreds.
import { spawnSync } from "node:child_process";
import { copyFileSync, renameSync, rmSync } from "node:fs";
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

// Built beside and put in place at once: a weft that starts meanwhile finds the old one or the new one.
const fresh = `${root}dist.new`;
rmSync(fresh, { recursive: true, force: true });
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20.19",
  minify: true,
  // A line that an error shows should fit on a screen.
  lineLimit: 120,
  plugins: [withoutLocales, withoutPoly1305],
  // Optional native parts of ssh2.
  external: ["cpu-features", "*.node"],
  logLevel: "warning",
};

// The command line is one CommonJS file, because Node 20 keeps compiled code of a script only, not of a module.
await build({
  ...common,
  entryPoints: ["src/cli/main.ts"],
  outfile: "dist.new/cli.cjs",
  format: "cjs",
  define: { "import.meta.url": "__bundleUrl" },
  banner: { js: 'const __bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
  // A script cannot import; since Node 20.19 require() loads modules as well.
  supported: { "dynamic-import": false },
});
await build({
  ...common,
  entryPoints: { index: "src/index.ts", "lab-forwarder": "src/lab/forwarder-main.ts" },
  outdir: "dist.new",
  format: "esm",
});
// jiti loads its compiler only for a file that is not in its cache, from "../dist/babel.cjs".
copyFileSync(`${root}node_modules/jiti/dist/babel.cjs`, `${fresh}/babel.cjs`);
rmSync(`${root}dist`, { recursive: true, force: true });
renameSync(fresh, `${root}dist`);

// A run that ends before it connects leaves most of what a run needs compiled.
spawnSync(process.execPath, ["bin/weft.js", "run", "playbooks/mesh.ts", "--limit", "!all"], {
  cwd: root,
  env: { ...process.env, WEFT_WRITE_CODE_CACHE: "1" },
});
