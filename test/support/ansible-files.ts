import { chmodSync } from "node:fs";
import { join } from "node:path";
import { type LoadedSources, loadSources } from "../../src/inventory/ansible/load.ts";
import { type Scratch, scratch } from "./scratch.ts";

/** Inventories as files: path below a folder, and text. A text that begins with `#!` is made executable. */
export type Files = Readonly<Record<string, string>>;

/** Writes the files into a fresh folder. */
export const writeFiles = (files: Files): Scratch => {
  const folder = scratch();
  for (const [name, text] of Object.entries(files)) {
    const path = folder.write(name, text);
    if (text.startsWith("#!")) chmodSync(path, 0o755);
  }
  return folder;
};

/** Loads inventories from texts; messages name the files by their paths below the folder. */
export const loadFiles = async (
  files: Files,
  names: readonly string[] = Object.keys(files),
  playbookFolder?: string,
): Promise<LoadedSources> => {
  const folder = writeFiles(files);
  try {
    return await loadSources(
      names.map((file) => ({ kind: "file", path: join(folder.folder, file), file })),
      {
        shown: (path) => path.replace(`${folder.folder}/`, ""),
        ...(playbookFolder !== undefined && {
          playbookFolder: join(folder.folder, playbookFolder),
        }),
      },
    );
  } finally {
    folder.remove();
  }
};

/** A host's merged variables, without where they came from. */
export const valuesOf = (
  { layer }: LoadedSources,
  host: string,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    [...(layer.hosts.get(host)?.vars ?? [])].map(([key, { value }]) => [key, value]),
  );

/** Members of the groups, as one line each. */
export const groupsOf = ({ layer }: LoadedSources): Readonly<Record<string, string>> =>
  Object.fromEntries([...layer.groups].map(([name, hosts]) => [name, hosts.join(" ")]));
