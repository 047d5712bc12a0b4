import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Problem } from "../../problem.ts";
import { generateKey } from "../../secrets/age.ts";
import type { KeygenArguments } from "../secrets.ts";
import { tell } from "./files.ts";
import { defaultIdentityFile, namedIdentityFiles } from "./open-keyring.ts";

/**
 * `weft secrets keygen`: makes a key file as age-keygen(1) does, and prints the public part.
 *
 * @throws Problem where the file is there already, or cannot be written
 */
export const keygen = async (args: KeygenArguments): Promise<void> => {
  const [file = defaultIdentityFile(), ...more] = namedIdentityFiles(args.identity);
  if (more.length > 0) throw new Problem("--identity: one file for one key");
  if (existsSync(file)) {
    throw new Problem(`${file} is there already: it is not overwritten, for files may need it`, {
      hint: "Name another one with --identity FILE.",
    });
  }
  const { identity, recipient } = await generateKey();
  const created = new Date().toISOString();
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `# created: ${created}\n# public key: ${recipient}\n${identity}\n`, {
      mode: 0o600,
      flag: "wx",
    });
  } catch (cause) {
    throw new Problem(`${file} cannot be written: ${(cause as Error).message}`, { cause });
  }
  tell(`The key is in ${file}: keep a copy of it in a safe place. Its public part:`);
  process.stdout.write(`${recipient}\n`);
};
