// Runs one benchmark of this folder: node bench/run.js startup
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";

const here = fileURLToPath(new URL(".", import.meta.url));
const names = readdirSync(here)
  .filter((file) => /^[a-z-]+\.bench\.ts$/.test(file))
  .map((file) => file.replace(".bench.ts", ""));
const [name] = process.argv.slice(2);
if (!names.includes(name ?? "")) {
  console.error(`Usage: node bench/run.js ${names.join("|")}`);
  process.exitCode = 1;
} else {
  const jiti = createJiti(import.meta.url, { alias: { weft: `${here}../src/index.ts` } });
  await jiti.import(`${here}${name}.bench.ts`);
}
