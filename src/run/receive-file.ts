import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Session, Step } from "../ssh/transport.ts";
import type { CommandResult, ReceivedFile } from "../task.ts";

/** Gives a file its mode, and has it on the disk before its name is. */
const finish = async (path: string, mode: number): Promise<void> => {
  const handle = await open(path, "r+");
  try {
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Runs a command and puts what it prints in a local file's place, in one step, where it exits with 0. Until then,
 * and where it does not come to that, the old file stays and nothing lies beside it.
 *
 * @throws as {@link Session.receive} does
 */
export const receiveFile = async (
  session: Session,
  step: Step,
  { file, mode = 0o644 }: ReceivedFile,
  options: Parameters<Session["receive"]>[2],
): Promise<CommandResult> => {
  await mkdir(dirname(file), { recursive: true });
  const partial = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString("hex")}.weft`);
  try {
    const result = await session.receive(step, partial, options);
    if (result.exitCode === 0) {
      await finish(partial, mode);
      await rename(partial, file);
    }
    return result;
  } finally {
    await rm(partial, { force: true });
  }
};
