/** First line of a file encrypted with age. Source: https://c2sp.org/age, "Header". */
const VERSION_LINE = "age-encryption.org/v1";
const ARMOR_BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----";

/** Whether a file is encrypted with age, armored or not. Looks at its first bytes only. */
export const isAge = (bytes: Uint8Array): boolean => {
  const beginning = Buffer.from(bytes.subarray(0, 100)).toString("latin1").trimStart();
  return beginning.startsWith(`${VERSION_LINE}\n`) || beginning.startsWith(ARMOR_BEGIN);
};

/** What the open part of an encrypted file tells. */
export interface AgeHeader {
  /** Encrypted with a passphrase, not for keys. */
  readonly hasPassphrase: boolean;
  /** How many recipients it has. Who they are it does not tell. */
  readonly recipients: number;
}

/** @param binary the file without armor */
export const ageHeader = (binary: Uint8Array): AgeHeader => {
  const text = Buffer.from(binary).toString("latin1");
  const header = text.slice(0, text.indexOf("\n--- "));
  // Some tools add a recipient of no meaning, so that readers stay tolerant.
  const types = [...header.matchAll(/^-> (\S+)/gm)]
    .map(([, type = ""]) => type)
    .filter((type) => !type.endsWith("-grease"));
  return { hasPassphrase: types.includes("scrypt"), recipients: types.length };
};
