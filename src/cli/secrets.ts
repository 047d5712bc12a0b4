import type { ArgumentsCamelCase, Argv } from "yargs";
import { identityOption } from "./inventory-options.ts";

// What works on files is loaded by the handlers alone: it brings age.

type Given<Builder extends (yargs: Argv) => unknown> =
  ReturnType<Builder> extends Argv<infer Args> ? ArgumentsCamelCase<Args> : never;

const texts = (given: string | readonly string[] | undefined): readonly string[] =>
  given === undefined ? [] : [given].flat();

const fileOption = <Args>(yargs: Argv<Args>) =>
  yargs
    .positional("file", {
      type: "string",
      demandOption: true,
      // yargs makes an empty text of a lone "-".
      coerce: (file: string) => file || "-",
      describe: "The file",
    })
    .option("identity", identityOption);

const lockOptions = <Args>(yargs: Argv<Args>) =>
  yargs
    .option("recipient", {
      alias: "r",
      type: "string",
      requiresArg: true,
      coerce: texts,
      describe: "Public key, age1..., that can open it; may be repeated",
    })
    .option("recipients-file", {
      alias: "R",
      type: "string",
      requiresArg: true,
      coerce: texts,
      describe: "File of public keys  [default: the nearest .age-recipients]",
    })
    .option("passphrase", {
      alias: "p",
      type: "boolean",
      default: false,
      describe: "Ask for a passphrase instead",
    });

const outOption = {
  type: "string",
  requiresArg: true,
  describe: "Write there instead; - is standard output",
} as const;

const encryptBuilder = (yargs: Argv) =>
  lockOptions(fileOption(yargs))
    .option("out", outOption)
    .example("weft secrets encrypt secrets.age.yml", "For the project's recipients, in place")
    .example("pwgen 20 1 | weft secrets encrypt -", "Standard input to standard output");

const decryptBuilder = (yargs: Argv) =>
  fileOption(yargs)
    .option("out", outOption)
    .option("in-place", {
      type: "boolean",
      default: false,
      describe: "Put the plain text in place",
    })
    .conflicts("out", "in-place");

const editBuilder = (yargs: Argv) => lockOptions(fileOption(yargs));

const rekeyBuilder = (yargs: Argv) =>
  lockOptions(yargs)
    .positional("files", {
      type: "string",
      array: true,
      demandOption: true,
      describe: "Encrypted files",
    })
    .option("identity", identityOption);

const keygenBuilder = (yargs: Argv) => yargs.option("identity", identityOption);

/** What `weft secrets encrypt` was asked for. */
export type EncryptArguments = Given<typeof encryptBuilder>;
/** What `weft secrets decrypt` was asked for. */
export type DecryptArguments = Given<typeof decryptBuilder>;
/** What `weft secrets edit` was asked for. */
export type EditArguments = Given<typeof editBuilder>;
/** What `weft secrets rekey` was asked for. */
export type RekeyArguments = Given<typeof rekeyBuilder>;
/** What `weft secrets keygen` was asked for. */
export type KeygenArguments = Given<typeof keygenBuilder>;

const builder = (yargs: Argv) =>
  yargs
    .command(
      "edit <file>",
      "Edit an encrypted file in $EDITOR; the plain text stays in memory",
      editBuilder,
      async (args) => (await import("./secrets/edit.ts")).edit(args),
    )
    .command(
      "encrypt <file>",
      "Encrypt a file in place, for recipients or with a passphrase",
      encryptBuilder,
      async (args) => (await import("./secrets/encrypt.ts")).encryptVerb(args),
    )
    .command(
      "decrypt <file>",
      "Print an encrypted file, or put its plain text in place",
      decryptBuilder,
      async (args) => (await import("./secrets/decrypt.ts")).decryptVerb(args),
    )
    .command(
      "rekey <files..>",
      "Encrypt files anew, for the recipients that there are now",
      rekeyBuilder,
      async (args) => (await import("./secrets/rekey.ts")).rekey(args),
    )
    .command(
      "keygen",
      "Make a key of your own, and print its public part",
      keygenBuilder,
      async (args) => (await import("./secrets/keygen.ts")).keygen(args),
    )
    .demandCommand(1, "Say what to do: edit, encrypt, decrypt, rekey or keygen.");

/** `weft secrets ...`. */
export const secretsCommand = {
  command: "secrets",
  describe: "Edit, encrypt and decrypt files of secrets with age",
  builder,
  handler: () => {},
};
