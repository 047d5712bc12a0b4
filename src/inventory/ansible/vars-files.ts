import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { Problem } from "../../problem.ts";
import { isAge } from "../../secrets/age-header.ts";
import { isMapping, mergeVars, type Vars, varsOf } from "../value.ts";
import { refuseVault } from "./vault.ts";

const EXTENSIONS = ["", ".yml", ".yaml", ".json"];

/** Beside a file of plain variables, one of secret ones. Ansible passes it over. */
const SECRET_EXTENSIONS = [".age.yml", ".age.yaml", ".age.json"];

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
 * `NAME.json`, or all files in a folder `NAME/`. The first of these that exists counts, and over it
 * `NAME.age.yml`. Any of them may be encrypted with age: then all its values are secrets.
 * Source: ansible/plugins/vars/host_group_vars.py, `find_vars_files` of ansible/parsing/dataloader.py.
 */
export class VarsFiles {
  readonly #parse: ParseYaml;
  readonly #shown: (path: string) => string;
  readonly #names = new Map<string, ReadonlySet<string>>();
  readonly #vars = new Map<string, Promise<Vars>>();

  /** @param shown a path as messages name it */
  constructor(parse: ParseYaml, shown: (path: string) => string) {
    this.#parse = parse;
    this.#shown = shown;
  }

  /** @throws Problem for a file that cannot be read or opened, is no mapping or is of ansible-vault. */
  ofGroup(folder: string, group: string): Promise<Vars> {
    return this.#of(join(folder, "group_vars"), group, `group ${group}`);
  }

  /** @throws Problem for a file that cannot be read or opened, is no mapping or is of ansible-vault. */
  ofHost(folder: string, host: string): Promise<Vars> {
    return this.#of(join(folder, "host_vars"), host, `host ${host}`);
  }

  async #of(folder: string, name: string, owner: string): Promise<Vars> {
    let names = this.#names.get(folder);
    if (names === undefined) {
      names = new Set(entries(folder).map((entry) => entry.name));
      this.#names.set(folder, names);
    }
    const found = [EXTENSIONS, SECRET_EXTENSIONS]
      .map((extensions) => extensions.map((extension) => `${name}${extension}`))
      .map((candidates) => candidates.find((file) => names.has(file)))
      .filter((file) => file !== undefined);
    if (found.length === 0) return NONE;
    return mergeVars(await Promise.all(found.map((file) => this.#once(join(folder, file), owner))));
  }

  #once(path: string, owner: string): Promise<Vars> {
    const known = this.#vars.get(path) ?? this.#readAll(path, owner);
    this.#vars.set(path, known);
    return known;
  }

  async #readAll(path: string, owner: string): Promise<Vars> {
    const files = isFolder(path) ? filesBelow(path) : [path];
    return mergeVars(await Promise.all(files.map((file) => this.#read(file, owner))));
  }

  async #read(path: string, owner: string): Promise<Vars> {
    const file = this.#shown(path);
    const bytes = readFileSync(path);
    const parsed = isAge(bytes)
      ? ((await (await import("../secret-vars.ts")).readSecretVars(bytes, file)) ?? {})
      : (this.#parse(bytes.toString("utf8"), file) ?? {});
    if (!isMapping(parsed)) throw new Problem(`${file}: expected a mapping of variables`);
    for (const [name, value] of Object.entries(parsed)) {
      refuseVault(value, `${file}: ${owner}, ${name}`);
    }
    return varsOf(parsed, file);
  }
}
