import { homedir } from "node:os";
import { join } from "node:path";

/** Where weft keeps what it can make again. Source: XDG Base Directory Specification, `XDG_CACHE_HOME`. */
export const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "weft");
