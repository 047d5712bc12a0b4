import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { Problem } from "../../problem.ts";
import { isMapping, mergeVars, type Vars, varsOf } from "../value.ts";
import { refuseVault } from "./vault.ts";

const EXTENSIONS = ["", ".yml", ".yaml", ".json"];

const NONE: Vars = new Map();

/** How a file of variables is parsed. Passed in, because the parser is loaded where there are such files only. */
export type ParseYaml = (text: string, file: string) => unknown;

const entries = (folder: string): readonly Dirent[] => {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw new Problem(`${folder} cannot be read: ${(cause as Error).message}`, { cause });
  }
};

const isFolder = (path: string): boolean => statSync(path).isDirectory();

/** Files below a folder in the order of their names; hidden ones and backups are left out. */
const filesBelow = (folder: string): readonly string[] =>
  entries(folder)
    .map(({ name }) => name)
    .sort()
    .filter((name) => !name.startsWith(".") && !name.endsWith("~"))
    .flatMap((name) => {
      const path = join(folder, name);
      if (isFolder(path)) return extname(name) === "" ? filesBelow(path) : [];
      return EXTENSIONS.includes(extname(name)) ? [path] : [];
    });

/**
 * Variables from the files in `group_vars/` and `host_vars/`: `NAME`, `NAME.yml`, `NAME.yaml`,
 * `NAME.json`, or all files in a folder `NAME/`. The first of these that exists counts.
 * Source: ansible/plugins/vars/host_group_vars.py, `find_vars_files` of ansible/parsing/dataloader.py.
 */
export class VarsFiles {
  readonly #parse: ParseYaml;
  readonly #shown: (path: string) => string;
  readonly #names = new Map<string, ReadonlySet<string>>();
  readonly #vars = new Map<string, Vars>();

  /** @param shown a path as messages name it */
  constructor(parse: ParseYaml, shown: (path: string) => string) {
    this.#parse = parse;
    this.#shown = shown;
  }

  /** @throws Problem for a file that cannot be read, is no mapping or is encrypted. */
  ofGroup(folder: string, group: string): Vars {
    return this.#of(join(folder, "group_vars"), group, `group ${group}`);
  }

  /** @throws Problem for a file that cannot be read, is no mapping or is encrypted. */
  ofHost(folder: string, host: string): Vars {
    return this.#of(join(folder, "host_vars"), host, `host ${host}`);
  }

  #of(folder: string, name: string, owner: string): Vars {
    let names = this.#names.get(folder);
    if (names === undefined) {
      names = new Set(entries(folder).map((entry) => entry.name));
      this.#names.set(folder, names);
    }
    const found = EXTENSIONS.map((extension) => `${name}${extension}`).find((file) =>
      names.has(file),
    );
    if (found === undefined) return NONE;
    const path = join(folder, found);
    const known = this.#vars.get(path);
    if (known !== undefined) return known;
    const files = isFolder(path) ? filesBelow(path) : [path];
    const vars = mergeVars(files.map((file) => this.#read(file, owner)));
    this.#vars.set(path, vars);
    return vars;
  }

  #read(path: string, owner: string): Vars {
    const file = this.#shown(path);
    const parsed = this.#parse(readFileSync(path, "utf8"), file) ?? {};
    if (!isMapping(parsed)) throw new Problem(`${file}: expected a mapping of variables`);
    for (const [name, value] of Object.entries(parsed)) {
      refuseVault(value, `${file}: ${owner}, ${name}`);
    }
    return varsOf(parsed, file);
  }
}
