import { Problem } from "../problem.ts";

/** @throws Problem where a text is no public key of age; it says where it stood */
export const checkRecipient = (recipient: string, where: string): string => {
  if (/^age1[a-z0-9]+$/.test(recipient)) return recipient;
  if (recipient.startsWith("AGE-SECRET-KEY-")) {
    throw new Problem(`${where}: is a secret key: give the public one, which begins with age1`, {
      hint: "weft secrets keygen printed it, and it stands in a comment of the key's file.",
    });
  }
  if (/^(?:ssh-|ecdsa-|sk-)/.test(recipient)) {
    throw new Problem(`${where}: SSH keys are not supported as recipients`, {
      hint: "weft secrets keygen makes a key for age; its public part begins with age1.",
    });
  }
  throw new Problem(`${where}: expected a public key of age, which begins with age1: ${recipient}`);
};

/**
 * The recipients in a file as age(1) takes it for -R: one a line, `#` begins a comment.
 *
 * @param file as messages name it
 * @throws Problem for a line that is none, and where there is none
 */
export const parseRecipients = (text: string, file: string): readonly string[] => {
  const recipients = text
    .split("\n")
    .map((line, index) => ({ line: line.trim(), where: `${file}:${index + 1}` }))
    .filter(({ line }) => line !== "" && !line.startsWith("#"))
    .map(({ line, where }) => checkRecipient(line, where));
  if (recipients.length === 0) throw new Problem(`${file} names no recipient`);
  return [...new Set(recipients)];
};
