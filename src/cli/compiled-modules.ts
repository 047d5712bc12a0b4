import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { atomicWrite } from "./atomic-write.ts";

/** Milliseconds after which a pack is thrown away, and made again where it is needed. */
const LIFETIME_MS = 30 * 86_400_000;

/** A module of a pack: its code, and then what V8 compiled of it, follow each other behind the header. */
interface PackedModule {
  readonly file: string;
  readonly signature: string;
  readonly codeBytes: number;
  readonly compiledBytes: number;
}

/** The first line of a pack. */
interface PackHeader {
  readonly madeBy: string;
  readonly modules: readonly PackedModule[];
}

interface KeptModule {
  readonly signature: string;
  readonly code: string;
  readonly compiled: Buffer;
}

interface UsedModule {
  readonly signature: string;
  readonly code: string;
  readonly script: Script;
}

/** Another one where somebody wrote to a file or put another in its place; none where there is no file. */
export const signatureOf = (file: string): string | undefined => {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? [stat.mtimeMs, stat.ctimeMs, stat.size, stat.ino].join() : undefined;
};

const removeOld = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const { mtimeMs = Date.now() } = statSync(file, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > LIFETIME_MS) rmSync(file, { force: true });
  }
};

const readPack = (pack: Buffer, madeBy: string): Map<string, KeptModule> => {
  const kept = new Map<string, KeptModule>();
  const lineEnd = pack.indexOf("\n");
  const header: PackHeader = JSON.parse(pack.toString("utf8", 0, lineEnd));
  if (header.madeBy !== madeBy) return kept;
  let at = lineEnd + 1;
  for (const { file, signature, codeBytes, compiledBytes } of header.modules) {
    const code = pack.toString("utf8", at, at + codeBytes);
    at += codeBytes + compiledBytes;
    kept.set(file, { signature, code, compiled: pack.subarray(at - compiledBytes, at) });
  }
  return kept;
};

const writePack = (madeBy: string, used: ReadonlyMap<string, UsedModule>): Buffer => {
  const modules: PackedModule[] = [];
  const parts: Buffer[] = [];
  for (const [file, { signature, code, script }] of used) {
    const [text, compiled] = [Buffer.from(code), script.createCachedData()];
    modules.push({ file, signature, codeBytes: text.length, compiledBytes: compiled.length });
    parts.push(text, compiled);
  }
  const header: PackHeader = { madeBy, modules };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...parts]);
};

/**
 * The modules that one playbook or inventory came to need, as compiled code, kept in one file: its
 * pack. What is kept of a file that changed since is of no use any more.
 */
export class CompiledModules {
  readonly #folder: string;
  readonly #file: string;
  readonly #madeBy: string;
  readonly #kept: ReadonlyMap<string, KeptModule>;
  readonly #fresh = new Map<string, boolean>();
  readonly #used = new Map<string, UsedModule>();
  #changed = false;

  /**
   * @param folder of all packs
   * @param name of this pack
   * @param madeBy who translates: what another one made is of no use
   */
  constructor(folder: string, name: string, madeBy: string) {
    this.#folder = folder;
    this.#file = join(folder, name);
    this.#madeBy = madeBy;
    this.#kept = this.#read();
  }

  /** Whether something is kept of a file as it is now. */
  has(file: string): boolean {
    const known = this.#fresh.get(file);
    if (known !== undefined) return known;
    const kept = this.#kept.get(file);
    const fresh = kept !== undefined && kept.signature === signatureOf(file);
    this.#fresh.set(file, fresh);
    return fresh;
  }

  /** What is kept of a file as it is now, which may be nothing. */
  get(file: string): Script | undefined {
    const kept = this.has(file) ? this.#kept.get(file) : undefined;
    if (kept === undefined) return undefined;
    const { signature, code, compiled } = kept;
    const script = new Script(code, { filename: file, cachedData: compiled });
    // Another Node's: V8 compiled it again.
    if (script.cachedDataRejected) this.#changed = true;
    this.#used.set(file, { signature, code, script });
    return script;
  }

  /**
   * Compiles a file.
   *
   * @param translate reads it and gives its code, or nothing where it is not to be kept
   * @throws what translating and compiling throw
   */
  compile(file: string, translate: () => string | undefined): Script | undefined {
    // Before it is read: who writes to it meanwhile makes it another one.
    const signature = signatureOf(file);
    const code = translate();
    if (code === undefined) return undefined;
    const script = new Script(code, { filename: file });
    if (signature !== undefined) this.#used.set(file, { signature, code, script });
    this.#changed = true;
    return script;
  }

  /** Writes the pack where it is to be another one. A folder that cannot be written costs time only. */
  keep(): void {
    if (!this.#changed) return;
    this.#changed = false;
    try {
      atomicWrite(this.#file, writePack(this.#madeBy, this.#used));
      removeOld(this.#folder);
    } catch {
      // The next start compiles again.
    }
  }

  #read(): ReadonlyMap<string, KeptModule> {
    try {
      return readPack(readFileSync(this.#file), this.#madeBy);
    } catch {
      // Not there, or not whole.
      return new Map();
    }
  }
}
