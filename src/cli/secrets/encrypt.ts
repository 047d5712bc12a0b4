import { Problem } from "../../problem.ts";
import { encrypt } from "../../secrets/age.ts";
import { isAge } from "../../secrets/age-header.ts";
import type { EncryptArguments } from "../secrets.ts";
import { readGiven, tell, writeEncrypted } from "./files.ts";
import { type ChosenLock, lockOf } from "./lock-of.ts";
import { openKeyring } from "./open-keyring.ts";

/** "for 2 recipients (.age-recipients)" */
export const forWhom = ({ lock, from }: ChosenLock): string => {
  if ("passphrase" in lock) return "with a passphrase";
  const { length } = lock.recipients;
  return `for ${length} ${length === 1 ? "recipient" : "recipients"} (${from})`;
};

/**
 * `weft secrets encrypt`.
 *
 * @throws Problem where the file cannot be read or written, is encrypted already, or for nobody
 */
export const encryptVerb = async (args: EncryptArguments): Promise<void> => {
  const { file, out = file } = args;
  const { name, bytes } = readGiven(file);
  if (isAge(bytes)) {
    throw new Problem(`${name} is encrypted already`, {
      hint: `weft secrets rekey ${file} encrypts it for others, weft secrets edit ${file} changes it`,
    });
  }
  if (bytes.subarray(0, 15).toString("latin1") === "$ANSIBLE_VAULT;") {
    throw new Problem(`${name} is encrypted with ansible-vault`, {
      hint: `ansible-vault decrypt ${file}, then weft secrets encrypt ${file}`,
    });
  }
  const chosen = await lockOf(args, file, openKeyring(args.identity));
  writeEncrypted(out, await encrypt(bytes, chosen.lock, chosen.from));
  tell(`${name}: encrypted ${forWhom(chosen)}`);
};
