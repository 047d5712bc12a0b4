import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ParsedKey, utils } from "ssh2";
import { agentSocketOf, expandHome, type LocalUser } from "./local-user.ts";
import { type Connection, UnreachableError } from "./transport.ts";

/** A private key that can be offered. */
export interface Identity {
  readonly file: string;
  readonly key: ParsedKey;
}

/** What a connection can log in with from files: keys, and why others of its files are left out. */
export interface Identities {
  readonly keys: readonly Identity[];
  /** Each a text such as "~/.ssh/id_rsa (encrypted, no passphrase given)". */
  readonly skipped: readonly string[];
}

/** A key file that cannot be used. Its message names the file. */
export class IdentityError extends UnreachableError {
  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options);
    this.name = "IdentityError";
  }
}

/** As ssh(1) has them, the best first. */
const DEFAULT_FILES = ["id_ed25519", "id_ecdsa", "id_rsa"];

type Loaded = ParsedKey | IdentityError | "missing" | "encrypted";

const HINT_PASSPHRASE = "give the host's connection a passphrase, or add the key to ssh-agent";

const parse = (file: string, text: string, passphrase: string | undefined): Loaded => {
  const key = utils.parseKey(text, passphrase);
  if (!(key instanceof Error)) {
    if (key.isPrivateKey()) return key;
    return new IdentityError(`${file} is a public key`, {
      hint: `name the private key: ${file.replace(/\.pub$/, "")}`,
    });
  }
  if (/no passphrase given/i.test(key.message)) return "encrypted";
  if (/bad passphrase|integrity check failed/i.test(key.message)) {
    return new IdentityError(`the passphrase given for the key ${file} is wrong`, { cause: key });
  }
  if (/unsupported openssh private key type: sk-/i.test(key.message)) {
    return new IdentityError(`the key ${file} lives on a security token, which is not supported`, {
      cause: key,
    });
  }
  return new IdentityError(`${file} is no private key that can be read: ${key.message}`, {
    cause: key,
    hint: "OpenSSH, PEM and PuTTY keys are understood; ssh-keygen -p -f FILE rewrites an old one",
  });
};

const load = (file: string, passphrase: string | undefined): Loaded => {
  try {
    return parse(file, readFileSync(file, "utf8"), passphrase);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return "missing";
    return new IdentityError(`the key ${file} cannot be read: ${message}`, { cause });
  }
};

/** Reads key files, each once however many hosts name it: an encrypted one takes a tenth of a second. */
export class IdentityStore {
  readonly #user: LocalUser;
  readonly #loaded = new Map<string, Loaded>();

  constructor(user: LocalUser) {
    this.#user = user;
  }

  /**
   * The keys that a connection can offer. Files that it names must be good; the default ones
   * under ~/.ssh are used where they are.
   *
   * An encrypted key without a passphrase is left out while there is an agent, which may well hold it.
   *
   * @throws IdentityError for a named file that is missing, unreadable, no private key, or encrypted with no way to open it
   */
  load(connection: Connection): Identities {
    const named = connection.identityFiles;
    const files =
      named?.map((file) => expandHome(file, this.#user)) ??
      DEFAULT_FILES.map((name) => join(this.#user.home, ".ssh", name));
    const hasAgent = agentSocketOf(connection, this.#user) !== undefined;
    const keys: Identity[] = [];
    const skipped: string[] = [];
    for (const file of files) {
      const loaded = this.#load(file, connection.passphrase?.reveal());
      if (loaded === "missing") {
        if (named) throw new IdentityError(`the key ${file} does not exist`);
      } else if (loaded === "encrypted") {
        if (named && !hasAgent) {
          throw new IdentityError(`the key ${file} is encrypted, and no passphrase is given`, {
            hint: HINT_PASSPHRASE,
          });
        }
        skipped.push(`${file} (encrypted, no passphrase given)`);
      } else if (loaded instanceof IdentityError) {
        if (named) throw loaded;
        skipped.push(`${file} (${loaded.message})`);
      } else {
        keys.push({ file, key: loaded });
      }
    }
    return { keys, skipped };
  }

  #load(file: string, passphrase: string | undefined): Loaded {
    const id = `${file}\0${passphrase ?? ""}`;
    const known = this.#loaded.get(id);
    if (known !== undefined) return known;
    const loaded = load(file, passphrase);
    this.#loaded.set(id, loaded);
    return loaded;
  }
}
