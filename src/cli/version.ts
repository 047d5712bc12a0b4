import { manifest } from "./manifest.ts";

/** The package's version. */
export const version = (): string => manifest().version;
