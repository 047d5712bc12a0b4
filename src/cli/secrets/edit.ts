import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { Problem } from "../../problem.ts";
import { encrypt } from "../../secrets/age.ts";
import type { Keyring, Opened } from "../../secrets/keyring.ts";
import { shownPath } from "../../shown-path.ts";
import type { EditArguments } from "../secrets.ts";
import { forWhom } from "./encrypt.ts";
import { checkWritable, readEncrypted, tell, writeEncrypted } from "./files.ts";
import { type ChosenLock, lockOf, ownLock, projectLock, saidLock } from "./lock-of.ts";
import { memoryFolder } from "./memory-folder.ts";
import { openKeyring } from "./open-keyring.ts";
import { runEditor } from "./run-editor.ts";

const YAML = [".yml", ".yaml", ".json"];

const candidates = (): readonly string[] =>
  [process.env.XDG_RUNTIME_DIR, "/dev/shm"].filter((folder) => folder !== undefined);

/** Source: environ(7). */
const editorOf = (): string => process.env.VISUAL || process.env.EDITOR || "vi";

/** Edits a text in memory. Gives what it became. */
const edited = async (plain: Uint8Array, name: string): Promise<Buffer> => {
  const folder = memoryFolder(candidates());
  try {
    const file = join(folder.path, name);
    writeFileSync(file, plain, { mode: 0o600 });
    await runEditor(editorOf(), file);
    return readFileSync(file);
  } finally {
    folder.wipe();
  }
};

/**
 * For whom an existing file is encrypted again. It does not tell who its recipients are, only how
 * many, so they come from where they came from before.
 *
 * @throws Problem where that could leave somebody out
 */
const sameLock = async (
  args: EditArguments,
  { passphrase, recipients }: Opened,
  keyring: Keyring,
): Promise<ChosenLock> => {
  const said = await saidLock(args);
  if (said !== undefined) return said;
  if (passphrase !== undefined) return { lock: { passphrase }, from: "the same passphrase" };
  const project = projectLock(args.file);
  if (project !== undefined) return project;
  const own = await ownLock(keyring);
  // The one recipient is the key that has just opened it.
  if (own !== undefined && recipients === 1) return own;
  throw new Problem(
    `${shownPath(args.file)} is encrypted for ${recipients} recipients, and nothing says who they are`,
    { hint: "Name them with --recipient, or in a file .age-recipients in the project." },
  );
};

const warnOfYaml = async (text: Buffer, file: string): Promise<void> => {
  if (!YAML.includes(extname(file))) return;
  try {
    const { parseYaml } = await import("../../inventory/ansible/yaml-document.ts");
    parseYaml(text.toString("utf8"), shownPath(file), { secrets: true });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    tell(`warning: ${error.message}; it is kept as it is`);
  }
};

const warnOfOthers = (now: ChosenLock, before: number, file: string): void => {
  if ("passphrase" in now.lock || now.lock.recipients.length === before) return;
  tell(`note: ${shownPath(file)} had ${before} recipients before`);
};

/**
 * `weft secrets edit`: decrypts into memory, starts the editor, encrypts again. What was not changed
 * is not written. A file that is not there is made.
 *
 * @throws Problem, before the editor starts, where the file cannot be opened, encrypted again or
 *   written
 */
export const edit = async (args: EditArguments): Promise<void> => {
  const { file } = args;
  const keyring = openKeyring(args.identity);
  const isNew = !existsSync(file);
  const opened: Opened = isNew
    ? { plain: Buffer.alloc(0), recipients: 0 }
    : await keyring.open(readEncrypted(file).bytes, shownPath(file));
  const chosen = await (isNew ? lockOf(args, file, keyring) : sameLock(args, opened, keyring));
  // What was typed is gone with the editor's folder: so nothing may be refused after it.
  checkWritable(file);
  if ("recipients" in chosen.lock) await encrypt(new Uint8Array(), chosen.lock, chosen.from);
  const text = await edited(opened.plain, basename(file));
  if (text.equals(opened.plain)) {
    tell(`${shownPath(file)}: not changed`);
    return;
  }
  await warnOfYaml(text, file);
  writeEncrypted(file, await encrypt(text, chosen.lock, chosen.from));
  if (!isNew) warnOfOthers(chosen, opened.recipients, file);
  tell(`${shownPath(file)}: encrypted ${forWhom(chosen)}`);
};
