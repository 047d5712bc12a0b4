import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What weft's package.json says. */
interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The folder of weft's own package, which the bundle is in a folder of. */
export const packageFolder = (): string => fileURLToPath(new URL("..", import.meta.url));

/** weft's package.json. */
export const manifest = (): Manifest =>
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
