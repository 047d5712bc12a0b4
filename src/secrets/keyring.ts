import { readFileSync } from "node:fs";
import { Problem } from "../problem.ts";
import { ageHeader, isAge } from "./age-header.ts";
import { parseIdentities } from "./identity-file.ts";

/** Where keys come from. */
export interface KeySources {
  /** Files that the user named; they must be there. Empty: the default file, where there is one. */
  readonly identityFiles: readonly string[];
  readonly defaultIdentityFile: string;
  /** Left out where there is no terminal to ask on. */
  readonly askPassphrase?: (file: string, wrong: boolean) => Promise<string>;
}

/** An encrypted file's content. */
export interface Opened {
  readonly plain: Uint8Array;
  /** How many recipients it was encrypted for; one where it has a passphrase. */
  readonly recipients: number;
  /** The passphrase that opened it. */
  readonly passphrase?: string;
}

const ATTEMPTS = 3;

const readKeyFile = (file: string): Buffer | undefined => {
  if (file.startsWith("AGE-SECRET-KEY-")) {
    throw new Problem("expected the file of a key of age, got the key itself", {
      hint: "Put it into a file that only you can read: arguments and the environment show to others.",
    });
  }
  try {
    return readFileSync(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Problem(`the key file ${file} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
};

/** Opens files with the user's keys. Each key is looked for, and each passphrase asked, once. */
export class Keyring {
  readonly #sources: KeySources;
  readonly #passphrases: string[] = [];
  #identities: Promise<readonly string[]> | undefined;
  /** Questions stand in line: a terminal takes one at a time. */
  #asking: Promise<unknown> = Promise.resolve();

  constructor(sources: KeySources) {
    this.#sources = sources;
  }

  /**
   * The user's keys; none where the default file is not there.
   *
   * @throws Problem for a file that is not there although it was named, or holds no key
   */
  identities(): Promise<readonly string[]> {
    this.#identities ??= this.#load();
    return this.#identities;
  }

  /** Where keys were looked for, for messages. */
  get places(): string {
    const { identityFiles, defaultIdentityFile } = this.#sources;
    return identityFiles.length > 0 ? identityFiles.join(", ") : defaultIdentityFile;
  }

  /**
   * Decrypts a file.
   *
   * @param file as messages name it
   * @throws Problem where no key opens it, and where it is damaged
   */
  async open(bytes: Uint8Array, file: string): Promise<Opened> {
    const { withoutArmor } = await import("./age.ts");
    const binary = withoutArmor(bytes, file);
    const { hasPassphrase, recipients } = ageHeader(binary);
    if (hasPassphrase) return { recipients, ...(await this.#openByPassphrase(binary, file)) };
    return { recipients, plain: await this.#openByKey(binary, file) };
  }

  async #openByKey(binary: Uint8Array, file: string): Promise<Uint8Array> {
    const identities = await this.identities();
    if (identities.length === 0) {
      throw new Problem(`${file} is encrypted with age, and there is no key: ${this.places}`, {
        hint: "Name its file with --identity FILE or WEFT_AGE_IDENTITY, or make one: weft secrets keygen",
      });
    }
    const { decrypt } = await import("./age.ts");
    const plain = await decrypt(binary, { identities }, file);
    if (plain !== undefined) return plain;
    throw new Problem(`${file} is not encrypted for you: no key of ${this.places} opens it`, {
      hint: "Somebody who can open it must add your public key to the recipients: weft secrets rekey",
    });
  }

  async #openByPassphrase(
    binary: Uint8Array,
    file: string,
  ): Promise<Required<Pick<Opened, "plain" | "passphrase">>> {
    const { decrypt } = await import("./age.ts");
    const opening = this.#asking.then(async () => {
      for (const passphrase of this.#passphrases) {
        const plain = await decrypt(binary, { passphrase }, file);
        if (plain !== undefined) return { plain, passphrase };
      }
      const ask = this.#sources.askPassphrase;
      if (ask === undefined) {
        throw new Problem(
          `${file} is encrypted with a passphrase, and there is no terminal to ask for it on`,
          { hint: "Encrypt it for a key: weft secrets rekey --recipient age1..." },
        );
      }
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const passphrase = await ask(file, attempt > 0);
        const plain = await decrypt(binary, { passphrase }, file);
        if (plain === undefined) continue;
        this.#passphrases.push(passphrase);
        return { plain, passphrase };
      }
      throw new Problem(`${file}: the passphrase is wrong`);
    });
    this.#asking = opening.catch(() => {});
    return opening;
  }

  async #load(): Promise<readonly string[]> {
    const { identityFiles, defaultIdentityFile } = this.#sources;
    const isDefault = identityFiles.length === 0;
    const identities: string[] = [];
    for (const file of isDefault ? [defaultIdentityFile] : identityFiles) {
      const bytes = readKeyFile(file);
      if (bytes === undefined) {
        if (isDefault) return [];
        throw new Problem(`the key file ${file} is not there`, {
          hint: `weft secrets keygen --identity ${file} makes it.`,
        });
      }
      // age(1) keeps keys under a passphrase like this.
      const plain = isAge(bytes) ? (await this.open(bytes, file)).plain : bytes;
      identities.push(...parseIdentities(Buffer.from(plain).toString("utf8"), file));
    }
    return identities;
  }
}
