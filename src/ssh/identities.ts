import { join } from "node:path";
import type { ParsedKey } from "ssh2";
import { type KeyFile, readKeyFile } from "./key-file.ts";
import type { LocalUser } from "./local-user.ts";
import { SetupError } from "./setup-error.ts";
import type { Target } from "./target.ts";

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
  /** Public keys of all the files, for a choice among the agent's. */
  readonly publicKeys: readonly Buffer[];
}

/** What decides which keys a connection offers. */
export type KeyChoice = Pick<
  Target,
  "identityFiles" | "mustHaveIdentities" | "passphrase" | "agentSocket"
>;

/** As ssh(1) has them, the best first. */
const DEFAULT_FILES = ["id_ed25519", "id_ecdsa", "id_rsa"];

const HINT_PASSPHRASE = "give the host's connection a passphrase, or add the key to ssh-agent";

/** Why a named file that is no usable key is an error. */
const fault = ({ file, key }: KeyFile, hasAgent: boolean): SetupError | undefined => {
  if (key === "missing") return new SetupError(`the key ${file} does not exist`);
  if (key === "public") {
    return new SetupError(`${file} is a public key`, {
      hint: `name the private key: ${file.replace(/\.pub$/, "")}`,
    });
  }
  if (key === "encrypted" && !hasAgent) {
    return new SetupError(`the key ${file} is encrypted, and no passphrase is given`, {
      hint: HINT_PASSPHRASE,
    });
  }
  return key instanceof SetupError ? key : undefined;
};

const REASONS = {
  missing: "does not exist",
  encrypted: "encrypted, no passphrase given",
};

/** Reads key files, each once however many hosts name it. */
export class IdentityStore {
  readonly #user: LocalUser;
  readonly #files = new Map<string, KeyFile>();
  /** Encrypted keys that the user has opened. */
  readonly #opened = new Map<string, KeyFile>();

  constructor(user: LocalUser) {
    this.#user = user;
  }

  /** All files that a connection would read keys from, there or not. */
  files(choice: KeyChoice): readonly KeyFile[] {
    const { identityFiles, passphrase } = choice;
    const files = identityFiles ?? DEFAULT_FILES.map((name) => join(this.#user.home, ".ssh", name));
    return files.map((file) => this.#read(file, passphrase?.reveal()));
  }

  /**
   * The keys that a connection can offer. Files that the inventory names must be good; others are
   * used where they are.
   *
   * An encrypted key without a passphrase is left out while there is an agent, which may well hold it.
   *
   * @throws SetupError for a file of the inventory that is missing, unreadable, no private key, or encrypted with no way to open it
   */
  load(choice: KeyChoice): Identities {
    const { identityFiles, mustHaveIdentities, agentSocket } = choice;
    const keys: Identity[] = [];
    const skipped: string[] = [];
    const files = this.files(choice);
    for (const one of files) {
      const { file, key, certificate } = one;
      const wrong = mustHaveIdentities ? fault(one, agentSocket !== undefined) : undefined;
      if (wrong) throw wrong;
      if (certificate) skipped.push(`${certificate} (weft logs in with plain keys only)`);
      if (key instanceof SetupError) skipped.push(`${file} (${key.message})`);
      else if (typeof key === "object") keys.push({ file, key });
      else if (key === "encrypted" || (key === "missing" && identityFiles)) {
        skipped.push(`${file} (${REASONS[key]})`);
      }
    }
    return { keys, skipped, publicKeys: files.flatMap(({ publicKey }) => publicKey ?? []) };
  }

  /** Opens an encrypted key for all connections. @returns whether the passphrase is right */
  open(file: string, passphrase: string): boolean {
    const opened = readKeyFile(file, passphrase);
    if (typeof opened.key !== "object" || opened.key instanceof SetupError) return false;
    this.#opened.set(file, opened);
    return true;
  }

  #read(file: string, passphrase: string | undefined): KeyFile {
    const id = `${file}\0${passphrase ?? ""}`;
    const known = this.#files.get(id) ?? readKeyFile(file, passphrase);
    this.#files.set(id, known);
    return known.key === "encrypted" ? (this.#opened.get(file) ?? known) : known;
  }
}
