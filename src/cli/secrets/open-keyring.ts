import { homedir } from "node:os";
import { join } from "node:path";
import { Keyring } from "../../secrets/keyring.ts";
import { useKeyring } from "../../secrets/open-secrets.ts";
import { askHidden, canAsk } from "../ask-passphrase.ts";

/** Source: XDG Base Directory Specification, `XDG_CONFIG_HOME`. */
export const defaultIdentityFile = (): string =>
  join(process.env.XDG_CONFIG_HOME || join(homedir(), ".config"), "weft", "age.key");

/** The files of keys that were named: with `--identity`, else in the environment. */
export const namedIdentityFiles = (given: readonly string[] | undefined): readonly string[] => {
  if (given !== undefined && given.length > 0) return given;
  const fromEnvironment = process.env.WEFT_AGE_IDENTITY;
  return fromEnvironment ? [fromEnvironment] : [];
};

/**
 * Makes the user's keys at hand for this process. Reads and asks nothing until a file needs it.
 *
 * @param identity files given with `--identity`
 */
export const openKeyring = (identity: readonly string[] | undefined): Keyring => {
  const keyring = new Keyring({
    identityFiles: namedIdentityFiles(identity),
    defaultIdentityFile: defaultIdentityFile(),
    ...(canAsk() && {
      askPassphrase: (file: string, wrong: boolean) =>
        askHidden(`${wrong ? "Wrong. " : ""}Passphrase of ${file}: `),
    }),
  });
  useKeyring(keyring);
  return keyring;
};
