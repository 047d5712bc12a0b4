import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Problem } from "../problem.ts";

/** A file that is to be made. */
export interface NewFile {
  /** From the folder that all of them are in. */
  readonly path: string;
  readonly text: string;
}

/**
 * Writes files where none are yet: all of them or none.
 *
 * @throws Problem that names those which are there already, or why one cannot be written
 */
export const writeNewFiles = (folder: string, files: readonly NewFile[]): void => {
  const there = files.filter(({ path }) => existsSync(join(folder, path)));
  if (there.length > 0) {
    throw new Problem(
      `${folder} has ${there.map(({ path }) => path).join(", ")} already; nothing was written`,
      {
        hint: "another folder, or move these files away",
      },
    );
  }
  const made: string[] = [];
  try {
    for (const { path, text } of files) {
      const file = join(folder, path);
      const first = mkdirSync(dirname(file), { recursive: true });
      if (first !== undefined) made.push(first);
      // wx: one that somebody else makes meanwhile stays as it is.
      writeFileSync(file, text, { flag: "wx" });
      made.push(file);
    }
  } catch (cause) {
    for (const path of made.reverse()) rmSync(path, { recursive: true, force: true });
    throw new Problem(`${folder} cannot be filled: ${(cause as Error).message}`, { cause });
  }
};
