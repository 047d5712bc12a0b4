import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** The nearest folder upwards that a project begins in, else the one where weft runs. */
export const projectFolder = (): string => {
  const here = realpathSync(process.cwd());
  for (let folder = here; ; folder = dirname(folder)) {
    if (["package.json", ".git"].some((name) => existsSync(join(folder, name)))) return folder;
    if (folder === dirname(folder)) return here;
  }
};

/** Where weft keeps what it remembers. Source: XDG Base Directory Specification, `XDG_STATE_HOME`. */
export const stateFolder = (): string =>
  join(process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "weft");

/** Where it keeps what it remembers of one project. */
export const projectState = (project: string): string =>
  join(stateFolder(), createHash("sha256").update(project).digest("hex").slice(0, 16));
