#!/usr/bin/env node
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/**
 * Runs the bundle with the code that V8 compiled when it was built: compiling it takes longer than
 * anything else at start. Where the cache is missing or another Node's, V8 compiles.
 */
const runBundle = () => {
  const file = path("dist/cli.cjs");
  const cacheFile = `${file}.v8`;
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, "utf8")}\n})`;
  let cachedData;
  try {
    cachedData = readFileSync(cacheFile);
  } catch {
    // Not built yet.
  }
  const script = new Script(source, { filename: file, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, path("dist"));
  if (process.env.WEFT_WRITE_CODE_CACHE === "1") {
    process.on("exit", () => writeFileSync(cacheFile, script.createCachedData()));
  }
};

const [first, ...rest] = process.argv.slice(2);
// Asking which weft this is should not load it.
if (first === "--version" && rest.length === 0) {
  process.stdout.write(`${JSON.parse(readFileSync(path("package.json"), "utf8")).version}\n`);
} else {
  runBundle();
}
