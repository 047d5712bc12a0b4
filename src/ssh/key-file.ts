import { existsSync, readFileSync } from "node:fs";
import { type ParsedKey, utils } from "ssh2";
import { SetupError } from "./setup-error.ts";

/** What a key file turned out to be. */
export interface KeyFile {
  readonly file: string;
  /** The private key, or why there is none; `public` is a file that only names a key of the agent. */
  readonly key: ParsedKey | SetupError | "missing" | "encrypted" | "public";
  /** The public key as it travels on the wire, as far as it is known without a passphrase. */
  readonly publicKey: Buffer | undefined;
  /** Certificate beside it, which ssh(1) would present. */
  readonly certificate: string | undefined;
}

const parse = (file: string, text: string, passphrase: string | undefined): KeyFile["key"] => {
  const key = utils.parseKey(text, passphrase);
  if (!(key instanceof Error)) return key.isPrivateKey() ? key : "public";
  if (/no passphrase given/i.test(key.message)) return "encrypted";
  if (/bad passphrase|integrity check failed/i.test(key.message)) {
    return new SetupError(`the passphrase given for the key ${file} is wrong`, { cause: key });
  }
  if (/unsupported openssh private key type: sk-/i.test(key.message)) {
    return new SetupError(`the key ${file} lives on a security token, which is not supported`, {
      cause: key,
    });
  }
  return new SetupError(`${file} is no private key that can be read: ${key.message}`, {
    cause: key,
    hint: "OpenSSH, PEM and PuTTY keys are understood; ssh-keygen -p -f FILE rewrites an old one",
  });
};

const load = (file: string, passphrase: string | undefined): KeyFile["key"] => {
  try {
    return parse(file, readFileSync(file, "utf8"), passphrase);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return "missing";
    return new SetupError(`the key ${file} cannot be read: ${message}`, { cause });
  }
};

const publicKeyOf = (file: string): Buffer | undefined => {
  try {
    const key = utils.parseKey(readFileSync(file, "utf8"));
    return key instanceof Error ? undefined : key.getPublicSSH();
  } catch {
    return undefined;
  }
};

/** Reads a key file. It takes a tenth of a second where the key is encrypted. */
export const readKeyFile = (file: string, passphrase: string | undefined): KeyFile => {
  const key = load(file, passphrase);
  const isKey = typeof key === "object" && !(key instanceof SetupError);
  const certificate = `${file}-cert.pub`;
  return {
    file,
    key,
    publicKey: isKey ? key.getPublicSSH() : publicKeyOf(key === "public" ? file : `${file}.pub`),
    certificate: key !== "missing" && existsSync(certificate) ? certificate : undefined,
  };
};
