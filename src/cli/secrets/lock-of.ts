import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Problem } from "../../problem.ts";
import type { Lock } from "../../secrets/age.ts";
import type { Keyring } from "../../secrets/keyring.ts";
import { checkRecipient, parseRecipients } from "../../secrets/recipients-file.ts";
import { shownPath } from "../../shown-path.ts";
import { askHidden, canAsk } from "../ask-passphrase.ts";

/** The file that names a project's recipients, as passage(1) and gopass(1) call it. */
export const RECIPIENTS_FILE = ".age-recipients";

/** For whom the user wants a file encrypted. */
export interface LockOptions {
  readonly recipient: readonly string[] | undefined;
  readonly recipientsFile: readonly string[] | undefined;
  readonly passphrase: boolean;
}

/** For whom a file is to be encrypted, and who said so. */
export interface ChosenLock {
  readonly lock: Lock;
  /** For messages: "--recipient", or a file. */
  readonly from: string;
}

const nearestRecipients = (file: string): string | undefined => {
  for (let folder = dirname(resolve(file)); ; folder = dirname(folder)) {
    const candidate = join(folder, RECIPIENTS_FILE);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
};

const readRecipients = (path: string): readonly string[] => {
  try {
    return parseRecipients(readFileSync(path, "utf8"), shownPath(path));
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem(`${shownPath(path)} cannot be read: ${(cause as Error).message}`, { cause });
  }
};

const askNewPassphrase = async (): Promise<string> => {
  if (!canAsk()) throw new Problem("there is no terminal to ask for a passphrase on");
  const passphrase = await askHidden("New passphrase: ");
  if (passphrase === "") throw new Problem("an empty passphrase protects nothing");
  if ((await askHidden("The same again: ")) === passphrase) return passphrase;
  throw new Problem("the two passphrases differ. Nothing was changed.");
};

/** What the user said on the command line; `undefined` where nothing was said. */
export const saidLock = async (options: LockOptions): Promise<ChosenLock | undefined> => {
  const { recipient = [], recipientsFile = [], passphrase } = options;
  const recipients = [
    ...recipient.map((one) => checkRecipient(one, "--recipient")),
    ...recipientsFile.flatMap(readRecipients),
  ];
  if (passphrase && recipients.length > 0) {
    throw new Problem("a file is encrypted for recipients or with a passphrase, not both");
  }
  if (passphrase) return { lock: { passphrase: await askNewPassphrase() }, from: "--passphrase" };
  if (recipients.length === 0) return undefined;
  const from = [...(recipient.length > 0 ? ["--recipient"] : []), ...recipientsFile].join(", ");
  return { lock: { recipients: [...new Set(recipients)] }, from };
};

/** The recipients of the project that a file is in: of the nearest file upwards that names some. */
export const projectLock = (file: string): ChosenLock | undefined => {
  const path = nearestRecipients(file);
  if (path === undefined) return undefined;
  return { lock: { recipients: readRecipients(path) }, from: shownPath(path) };
};

/** The user alone. */
export const ownLock = async (keyring: Keyring): Promise<ChosenLock | undefined> => {
  const identities = await keyring.identities();
  if (identities.length === 0) return undefined;
  const { recipientOf } = await import("../../secrets/age.ts");
  const recipients = await Promise.all(identities.map(recipientOf));
  return { lock: { recipients }, from: `your own key, ${keyring.places}` };
};

/**
 * For whom a file is to be encrypted: as was said, else as the project has it, else for the user.
 *
 * @throws Problem where none of these says
 */
export const lockOf = async (
  options: LockOptions,
  file: string,
  keyring: Keyring,
): Promise<ChosenLock> => {
  const chosen = (await saidLock(options)) ?? projectLock(file) ?? (await ownLock(keyring));
  if (chosen !== undefined) return chosen;
  throw new Problem(`${file}: for whom? There is no recipient`, {
    hint: `weft secrets keygen makes a key of your own; or --recipient age1..., a file ${RECIPIENTS_FILE}, or --passphrase.`,
  });
};
