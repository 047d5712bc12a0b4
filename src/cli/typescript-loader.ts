import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire, isBuiltin, Module } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Script } from "node:vm";
import type { Jiti } from "jiti";
import { CompiledModules, signatureOf } from "./compiled-modules.ts";

/** Modules that weft hands out itself, by the names that they are imported by. */
type OwnModules = Readonly<Record<string, () => Promise<object>>>;

interface LoaderOptions {
  /** For everybody. */
  readonly modules: OwnModules;
  /** For weft's own tasks and inventories: what its package depends on. */
  readonly packageModules: OwnModules;
  /** With a slash at its end. */
  readonly packageFolder: string;
  /** Where what modules came to is kept, and what jiti made of each file. */
  readonly cacheFolder: string;
}

type ImportModule = (specifier: string, options?: { readonly default?: true }) => Promise<unknown>;

/** A module's translated code, as a function of what it uses. */
type Body = (
  exports: object,
  filename: string,
  folder: string,
  jitiImport: ImportModule,
) => Promise<void>;

const TYPESCRIPT = /\.[cm]?ts$/;
/** Paths that mean a file whatever else there is: nothing is to be looked for. */
const PLAIN_PATH = /^\.{0,2}\/[^?#%\\]*\.[cm]?ts$/;

/** Code that uses what only jiti gives it, or that could not be translated. */
const NEEDS_JITI = /\brequire\s*[(.]|\bmodule\.\w|\bjitiESMResolve\b|__JITI_ERROR__/;

const { cache: nodeModules } = createRequire(import.meta.url);

/** Translated code tells another module of its kind from Node's older ones by this mark. */
const marked = (module: object): object =>
  Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(module), __esModule: { value: true } },
  );

/** What a project means by weft/tasks/NAME: of the weft that it depends on, as Node itself finds it. */
const taskOfWeft = (file: string, specifier: string): string | undefined => {
  if (!specifier.startsWith("weft/tasks/")) return undefined;
  try {
    const found = createRequire(file).resolve(specifier);
    return TYPESCRIPT.test(found) ? found : undefined;
  } catch {
    // jiti tells why.
    return undefined;
  }
};

/** What is kept there is run: nobody else may write to it. */
const makeOwn = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    // Then nothing is kept.
  }
};

const isReal = (file: string): boolean => {
  try {
    return realpathSync(file) === file;
  } catch {
    return false;
  }
};

/**
 * Loads playbooks and inventories: TypeScript, which jiti translates. What a file and all that it
 * imports came to is kept for the next start, which then needs no jiti. What is neither TypeScript
 * nor weft's or Node's own is left to jiti.
 */
export class TypeScriptLoader {
  readonly #options: LoaderOptions;
  readonly #madeBy: string;
  /** Those in work too: modules that import each other see what there is, as ever. */
  readonly #modules = new Map<string, Module>();
  readonly #handedOut = new Map<string, Promise<object>>();
  readonly #jitis = new Map<string, Promise<Jiti>>();
  #loading: Promise<unknown> = Promise.resolve();

  constructor(options: LoaderOptions) {
    this.#options = options;
    const weft = signatureOf(fileURLToPath(import.meta.url));
    const settings = Object.entries(process.env).filter(([name]) => name.startsWith("JITI_"));
    this.#madeBy = JSON.stringify([weft, process.version, process.arch, settings]);
  }

  /**
   * What a file exports by default, or all that it exports.
   *
   * @param file its real path
   * @throws what the file throws, or jiti where it cannot be loaded
   */
  async import(file: string): Promise<unknown> {
    // One after the other: what both import is then whole for the second.
    const loading = this.#loading.then(() => this.#importFirst(file));
    this.#loading = loading.catch(() => {});
    return loading;
  }

  async #importFirst(file: string): Promise<unknown> {
    if (!TYPESCRIPT.test(file)) return (await this.#jiti(file)).import(file, { default: true });
    const name = createHash("sha256").update(file).digest("hex").slice(0, 32);
    const compiled = new CompiledModules(this.#options.cacheFolder, name, this.#madeBy);
    const exports = await this.#evaluate(file, compiled);
    compiled.keep();
    return "default" in exports ? (exports.default ?? exports) : exports;
  }

  async #evaluate(file: string, compiled: CompiledModules): Promise<object> {
    const known = this.#modules.get(file);
    if (known) return known.exports;
    const byJiti = nodeModules[file];
    if (byJiti?.loaded) return byJiti.exports;
    const module = new Module(file);
    module.filename = file;
    this.#modules.set(file, module);
    const script = compiled.get(file) ?? (await this.#translated(file, compiled));
    if (script === undefined) {
      this.#modules.delete(file);
      return (await this.#jiti(file)).import<object>(file);
    }
    const body: Body = script.runInThisContext({ displayErrors: false });
    await body(module.exports, file, dirname(file), (specifier, options) =>
      this.#importFrom(file, specifier, compiled, options),
    );
    module.loaded = true;
    // Where jiti looks too.
    nodeModules[file] = module;
    return module.exports;
  }

  async #translated(file: string, compiled: CompiledModules): Promise<Script | undefined> {
    const jiti = await this.#jiti(this.#options.packageFolder);
    return compiled.compile(file, () => {
      const source = readFileSync(file, "utf8");
      const code = jiti.transform({ filename: file, source, ts: true, async: true });
      if (NEEDS_JITI.test(code)) return undefined;
      return `(async function (exports, __filename, __dirname, jitiImport) {${code}\n})`;
    });
  }

  async #importFrom(
    file: string,
    specifier: string,
    compiled: CompiledModules,
    options: { readonly default?: true } | undefined,
  ): Promise<unknown> {
    const own = this.#ownModule(file, specifier);
    if (own) return own;
    const plain = PLAIN_PATH.test(specifier)
      ? resolve(dirname(file), specifier)
      : taskOfWeft(file, specifier);
    if (plain !== undefined && (compiled.has(plain) || isReal(plain))) {
      return this.#evaluate(plain, compiled);
    }
    const jiti = await this.#jiti(file);
    const target = jiti.esmResolve(specifier, { try: true });
    const path = target?.startsWith("file:") ? fileURLToPath(target) : target;
    if (path !== undefined && TYPESCRIPT.test(path)) return this.#evaluate(path, compiled);
    return jiti.import(specifier, options);
  }

  #ownModule(file: string, specifier: string): Promise<object> | undefined {
    const { modules, packageModules, packageFolder } = this.#options;
    const load =
      modules[specifier] ??
      (file.startsWith(packageFolder) ? packageModules[specifier] : undefined) ??
      (isBuiltin(specifier) ? () => import(specifier) : undefined);
    if (load === undefined) return undefined;
    const known = this.#handedOut.get(specifier);
    if (known) return known;
    const module = load().then(marked);
    this.#handedOut.set(specifier, module);
    return module;
  }

  /** One that resolves what a file imports. */
  #jiti(file: string): Promise<Jiti> {
    const known = this.#jitis.get(file);
    if (known) return known;
    const jiti = this.#createJiti(file);
    this.#jitis.set(file, jiti);
    return jiti;
  }

  async #createJiti(file: string): Promise<Jiti> {
    const { createJiti } = await import("jiti");
    const { modules, cacheFolder } = this.#options;
    makeOwn(cacheFolder);
    const names = Object.entries(modules);
    const loaded = names.map(async ([name, load]) => [name, await load()] as const);
    return createJiti(file, {
      virtualModules: Object.fromEntries(await Promise.all(loaded)),
      fsCache: cacheFolder,
    });
  }
}
