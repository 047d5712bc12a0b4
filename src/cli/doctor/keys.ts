import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { quote } from "../../shell/quote.ts";
import { type KeyFile, readKeyFile } from "../../ssh/key-file.ts";
import { SetupError } from "../../ssh/setup-error.ts";
import type { Finding } from "../../ui/findings-text.ts";
import { octal } from "./file-mode.ts";

const OPEN_TO_OTHERS = 0o077;

const area = "keys";

/** @param held the agent's public keys */
const keyFinding = (
  { file, key, publicKey, certificate }: KeyFile,
  held: readonly Buffer[],
): Finding => {
  if (key instanceof SetupError) {
    const { message, hint } = key;
    return { area, level: "problem", message, ...(hint !== undefined && { fix: hint }) };
  }
  if (key === "missing") {
    return { area, level: "problem", message: `${file} does not exist`, fix: "name another file" };
  }
  if (key === "public") {
    return {
      area,
      level: "warning",
      message: `${file} holds a public key: it is of use only where the agent has the private one`,
      fix: `name the private key: ${file.replace(/\.pub$/, "")}`,
    };
  }
  const { mode } = statSync(file);
  if ((mode & OPEN_TO_OTHERS) !== 0) {
    return {
      area,
      level: "problem",
      message: `${file} has mode ${octal(mode)}: others can read the private key`,
      fix: `chmod 600 ${quote(file)}`,
    };
  }
  const note = certificate === undefined ? "" : `; ${certificate} is not used`;
  if (key !== "encrypted") return { area, level: "ok", message: `${file}: ${key.type}${note}` };
  if (held.some((one) => publicKey?.equals(one))) {
    return { area, level: "ok", message: `${file}: encrypted, and in the agent${note}` };
  }
  return {
    area,
    level: "warning",
    message: `${file}: encrypted, and not in the agent: weft asks for its passphrase${note}`,
    fix: `ssh-add ${quote(file)}`,
  };
};

/** Whether key files that somebody named are there, are the user's alone, and can be used. */
export const checkKeyFiles = (
  files: readonly string[],
  held: readonly Buffer[],
): readonly Finding[] => files.map((file) => keyFinding(readKeyFile(file, undefined), held));

/** The keys that are offered where no others are named. */
export const checkDefaultKeys = (home: string, held: readonly Buffer[]): readonly Finding[] => {
  const files = ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => join(home, ".ssh", name));
  const there = files.filter((file) => existsSync(file));
  if (there.length > 0) return checkKeyFiles(there, held);
  const message = `none of ${files.join(", ")} is there`;
  if (held.length > 0) return [{ area, level: "ok", message }];
  return [{ area, level: "warning", message, fix: "ssh-keygen -t ed25519" }];
};
