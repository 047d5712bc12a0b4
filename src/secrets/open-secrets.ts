import { Problem } from "../problem.ts";
import type { Keyring, Opened } from "./keyring.ts";

let keyring: Keyring | undefined;

/** Gives this process the user's keys. Inventories are modules, so nobody can hand it to them. */
export const useKeyring = (one: Keyring): void => {
  keyring = one;
};

/**
 * Decrypts a file with the user's keys.
 *
 * @param file as messages name it
 * @throws Problem where no key opens it, where it is damaged, and outside of weft's command line
 */
export const openSecrets = async (bytes: Uint8Array, file: string): Promise<Opened> => {
  if (keyring === undefined) {
    throw new Problem(`${file} is encrypted, and keys are at hand in the verbs of weft only`);
  }
  return keyring.open(bytes, file);
};
