import { encrypt } from "../../secrets/age.ts";
import type { RekeyArguments } from "../secrets.ts";
import { forWhom } from "./encrypt.ts";
import { readEncrypted, tell, writeEncrypted } from "./files.ts";
import { lockOf, saidLock } from "./lock-of.ts";
import { openKeyring } from "./open-keyring.ts";

/**
 * `weft secrets rekey`: the same content for other recipients. All files are opened before the
 * first is written.
 *
 * @throws Problem where no key opens a file, it cannot be read or written, or is for nobody
 */
export const rekey = async (args: RekeyArguments): Promise<void> => {
  const keyring = openKeyring(args.identity);
  const opened = [];
  for (const file of args.files) {
    const { name, bytes } = readEncrypted(file);
    opened.push({ file, name, ...(await keyring.open(bytes, name)) });
  }
  const said = await saidLock(args);
  for (const { file, name, plain } of opened) {
    const chosen = said ?? (await lockOf(args, file, keyring));
    writeEncrypted(file, await encrypt(plain, chosen.lock, chosen.from));
    tell(`${name}: encrypted ${forWhom(chosen)}`);
  }
};
