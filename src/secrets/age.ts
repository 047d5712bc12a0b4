import {
  armor,
  Decrypter,
  Encrypter,
  generateX25519Identity,
  identityToRecipient,
} from "age-encryption";
import { Problem } from "../problem.ts";

/** For whom a file is encrypted. */
export type Lock =
  | { readonly recipients: readonly string[] }
  /** Stretched by scrypt, so that it takes about a second. */
  | { readonly passphrase: string };

/** What opens a file. */
export type Key = { readonly identities: readonly string[] } | { readonly passphrase: string };

const ARMOR = /^\s*-----BEGIN AGE/;

/** A file of age without its armor. @throws Problem where the armor is damaged */
export const withoutArmor = (bytes: Uint8Array, file: string): Uint8Array => {
  const text = Buffer.from(bytes).toString("latin1");
  if (!ARMOR.test(text)) return bytes;
  try {
    return armor.decode(text);
  } catch (cause) {
    throw new Problem(`${file} is damaged: ${(cause as Error).message}`, { cause });
  }
};

/**
 * Encrypts, in armor: text that version control can keep.
 *
 * @param where whose recipients these are, for messages
 * @throws Problem for a recipient that is none
 */
export const encrypt = async (plain: Uint8Array, lock: Lock, where: string): Promise<string> => {
  const encrypter = new Encrypter();
  if ("passphrase" in lock) encrypter.setPassphrase(lock.passphrase);
  else {
    for (const recipient of lock.recipients) {
      try {
        encrypter.addRecipient(recipient);
      } catch (cause) {
        throw new Problem(`${where}: ${recipient} is no public key of age: mistyped?`, { cause });
      }
    }
  }
  return armor.encode(await encrypter.encrypt(plain));
};

/**
 * Decrypts.
 *
 * @param binary the file without armor
 * @returns `undefined` where the key is not one of the file's
 * @throws Problem where the file is damaged, or a key of the wrong form
 */
export const decrypt = async (
  binary: Uint8Array,
  key: Key,
  file: string,
): Promise<Uint8Array | undefined> => {
  const decrypter = new Decrypter();
  try {
    if ("passphrase" in key) decrypter.addPassphrase(key.passphrase);
    else for (const identity of key.identities) decrypter.addIdentity(identity);
  } catch {
    // No cause: it may quote the key.
    throw new Problem("a key of age is damaged: it does not have the form of one");
  }
  try {
    return await decrypter.decrypt(binary);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (/no identity matched/.test(message)) return undefined;
    throw new Problem(`${file} is damaged, or was tampered with: ${message}`, { cause });
  }
};

/** Makes a key, with its public part. */
export const generateKey = async (): Promise<{ identity: string; recipient: string }> => {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
};

/** The public part of a key. */
export const recipientOf = (identity: string): Promise<string> => identityToRecipient(identity);
