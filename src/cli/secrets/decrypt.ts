import type { DecryptArguments } from "../secrets.ts";
import { readEncrypted, tell, writePlain } from "./files.ts";
import { openKeyring } from "./open-keyring.ts";

/**
 * `weft secrets decrypt`: to standard output unless told otherwise.
 *
 * @throws Problem where no key opens the file, or it cannot be read or written
 */
export const decryptVerb = async (args: DecryptArguments): Promise<void> => {
  const { file, inPlace } = args;
  const out = inPlace ? file : (args.out ?? "-");
  const { name, bytes } = readEncrypted(file);
  const { plain } = await openKeyring(args.identity).open(bytes, name);
  writePlain(out, plain);
  if (out !== "-") tell(`${name}: plain text is in ${out}`);
};
