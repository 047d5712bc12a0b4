import { Problem } from "../../problem.ts";
import { findText } from "../value.ts";

/** How every text that ansible-vault encrypted begins. */
const HEADER = "$ANSIBLE_VAULT;";
/** How scripts hand an encrypted value on as JSON. */
const JSON_KEY = "__ansible_vault";

const encrypted = (text: string): boolean =>
  text === JSON_KEY || text.trimStart().startsWith(HEADER);

const refusal = (where: string): Problem =>
  new Problem(`${where} is encrypted with ansible-vault, which weft does not decrypt`, {
    hint: "Convert the file: ansible-vault decrypt FILE, then weft secrets encrypt FILE. A value inside a file: ansible-vault view tells it.",
  });

/** @throws Problem where a whole file is encrypted. */
export const refuseVaultFile = (text: string, file: string): void => {
  if (text.startsWith(HEADER)) throw refusal(file);
};

/**
 * @param where names the file, the host or group and the variable
 * @throws Problem where a variable's value, or anything inside it, is encrypted
 */
export const refuseVault = (value: unknown, where: string): void => {
  if (findText(value, encrypted) !== undefined) throw refusal(where);
};
