// Bundles the command line and the library into dist/: a start-up that reads a few files instead of some hundreds.
import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import {
  builtinsWhenCalled,
  ssh2WithoutUnused,
  stringWidthWhenNeeded,
  withoutLocales,
  yargsWithoutSearch,
  zxApart,
} from "./bundle-plugins.js";
import { taskReference } from "./task-reference.js";
import { warmUp } from "./warm-up.js";

const root = fileURLToPath(new URL("..", import.meta.url));

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
  plugins: [withoutLocales, ssh2WithoutUnused, yargsWithoutSearch, stringWidthWhenNeeded],
  // Tasks that weft itself uses, such as what verify asks, import it by its name.
  alias: { weft: `${root}src/index.ts` },
  logLevel: "warning",
};

// The command line is one CommonJS file, because Node 20 keeps compiled code of a script only, not of a module.
await build({
  ...common,
  plugins: [...common.plugins, zxApart, builtinsWhenCalled],
  entryPoints: ["src/cli/main.ts"],
  outfile: "dist.new/cli.cjs",
  format: "cjs",
  define: { "import.meta.url": "__bundleUrl" },
  // What require() would put around it.
  banner: {
    js: `(function (exports, require, module, __filename, __dirname) {
const __bundleUrl = require("node:url").pathToFileURL(__filename).href;`,
  },
  footer: { js: "})" },
  // A script cannot import; since Node 20.19 require() loads modules as well.
  supported: { "dynamic-import": false },
});
await build({
  ...common,
  entryPoints: { index: "src/index.ts", "lab-forwarder": "src/lab/forwarder-main.ts" },
  outdir: "dist.new",
  // What a module imports in a function is loaded when it is called.
  splitting: true,
  format: "esm",
});
await build({
  ...common,
  entryPoints: { zx: "zx" },
  outdir: "dist.new",
  format: "cjs",
  outExtension: { ".js": ".cjs" },
});
const bundle = readFileSync(`${fresh}/cli.cjs`, "utf8");
const [foreign] = /.{0,40}[^\x00-\x7f].{0,40}/.exec(bundle) ?? [];
if (foreign !== undefined) {
  throw new Error(
    `the bundle is to be ASCII, see bin/weft.js; esbuild cannot escape this in a tagged template: ${foreign}`,
  );
}
// jiti loads its compiler only for a file that is not in its cache, from "../dist/babel.cjs".
copyFileSync(`${root}node_modules/jiti/dist/babel.cjs`, `${fresh}/babel.cjs`);
// What `weft tasks` shows, so that showing it parses no TypeScript.
writeFileSync(`${fresh}/tasks.json`, JSON.stringify(taskReference()));
rmSync(`${root}dist`, { recursive: true, force: true });
renameSync(fresh, `${root}dist`);

// weft works without: where no server can be opened, that is no reason to fail an installation.
await warmUp(root).catch(({ message }) => {
  console.error(`weft will start more slowly, as nothing could be compiled ahead: ${message}`);
});
