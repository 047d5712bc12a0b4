import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TextFile } from "./rpm-package.ts";

/** Writes text files under a root directory; replaces links and files that are in the way. */
export const writeTree = async (
  root: string,
  files: Readonly<Record<string, TextFile>>,
): Promise<void> => {
  for (const [path, { text, mode = 0o644 }] of Object.entries(files)) {
    const target = join(root, path);
    await mkdir(dirname(target), { recursive: true });
    // A link in the image, such as /etc/os-release, may point into this machine.
    await rm(target, { force: true });
    await writeFile(target, text);
    await chmod(target, mode);
  }
};
