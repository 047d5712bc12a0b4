import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder for one test file's own playbooks and inventories. */
export interface Scratch {
  readonly folder: string;
  /** Writes a file and gives its path. */
  write(name: string, text: string): string;
  remove(): void;
}

/** Makes an empty scratch folder. */
export const scratch = (): Scratch => {
  const folder = mkdtempSync(join(tmpdir(), "weft-test-"));
  return {
    folder,
    write: (name, text) => {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
