import { readFileSync } from "node:fs";
import { Problem } from "../../problem.ts";
import { isAge } from "../../secrets/age-header.ts";
import { shownPath } from "../../shown-path.ts";
import { checkStorable, storeFile } from "./store-file.ts";

/** Standard input or output, where it stands for a file. */
const STREAM = "-";

/** A file as it was given, `-` for standard input. */
export interface GivenFile {
  /** As messages name it. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** @throws Problem where it cannot be read */
export const readGiven = (file: string): GivenFile => {
  try {
    if (file === STREAM) return { name: "standard input", bytes: readFileSync(0) };
    return { name: shownPath(file), bytes: readFileSync(file) };
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Problem(`${file}: ${code === "ENOENT" ? "no such file" : message}`, { cause });
  }
};

/** @throws Problem where it cannot be read, or is not encrypted */
export const readEncrypted = (file: string): GivenFile => {
  const given = readGiven(file);
  if (isAge(given.bytes)) return given;
  const isVault = given.bytes.subarray(0, 15).toString("latin1") === "$ANSIBLE_VAULT;";
  throw new Problem(`${given.name} is not encrypted with age`, {
    hint: isVault
      ? `It is of ansible-vault: ansible-vault decrypt ${file}, then weft secrets encrypt ${file}`
      : `weft secrets encrypt ${file}`,
  });
};

/** @throws Problem where `writeEncrypted` could not write a file */
export const checkWritable = (file: string): void => {
  if (file !== STREAM) checkStorable(file);
};

/** Writes an encrypted file, which may be read by whoever could before; `-` is standard output. */
export const writeEncrypted = (file: string, text: string): void => {
  if (file === STREAM) process.stdout.write(text);
  else storeFile(file, text, (mode = 0o644) => mode);
};

/** Writes a plain text for its owner only; `-` is standard output. */
export const writePlain = (file: string, plain: Uint8Array): void => {
  if (file === STREAM) process.stdout.write(plain);
  else storeFile(file, plain, (mode = 0o600) => mode & 0o700);
};

/** Tells what was done; standard output is for the files themselves. */
export const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
