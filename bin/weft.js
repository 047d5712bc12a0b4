#!/usr/bin/env node
// Answers --version itself: asking which weft this is should not load it.
import { readFileSync } from "node:fs";

const [first, ...rest] = process.argv.slice(2);
if (first === "--version" && rest.length === 0) {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  process.stdout.write(`${JSON.parse(manifest).version}\n`);
} else {
  await import("../dist/cli.js");
}
