#!/usr/bin/env node
// CommonJS, by the package.json beside it: for an ES module Node loads its other loader first.
const { readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { Script } = require("node:vm");

const path = (name) => join(__dirname, "..", name);

/**
 * Runs the bundle with the code that V8 compiled when it was built: compiling it takes longer than
 * anything else at start. Where the cache is missing or another Node's, V8 compiles.
 */
const runBundle = () => {
  const file = path("dist/cli.cjs");
  const cacheFile = `${file}.v8`;
  // The build sees to it that it is ASCII: V8 takes that as it is, and half the memory.
  const source = readFileSync(file, "latin1");
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
