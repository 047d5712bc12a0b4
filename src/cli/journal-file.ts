import { createHash } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { messageOf } from "../message-of.ts";
import { Problem } from "../problem.ts";
import type { Emit } from "../run/events.ts";
import { journalOf, linesOf, readJournal } from "../run/journal.ts";
import type { Resume } from "../run/resume.ts";
import { projectFolder, projectState } from "./state-folder.ts";

const fileOf = (playbook: string): string => {
  const name = createHash("sha256").update(realpathSync(playbook)).digest("hex").slice(0, 16);
  return join(projectState(projectFolder()), `journal-${name}.jsonl`);
};

/**
 * What the last run of a playbook finished on each host.
 *
 * @throws Problem where there was none, or where it left nothing to go on with
 */
export const unfinishedRun = (playbook: string): Resume => {
  let text: string;
  try {
    text = readFileSync(fileOf(playbook), "utf8");
  } catch (cause) {
    throw new Problem(`--resume: no run of ${playbook} is remembered`, {
      cause,
      hint: "Run it without --resume.",
    });
  }
  const { finished, complete } = readJournal(text);
  if (!complete) return finished;
  throw new Problem(`--resume: the last run of ${playbook} came to its end`, {
    hint: "Run it without --resume.",
  });
};

interface JournalFile {
  readonly emit: Emit;
  close(): void;
}

/**
 * Writes the journal of a run, each line at once. A file that cannot be written is told, once, and is
 * no failure.
 *
 * @param resume what an earlier run finished, where this one goes on with it
 */
export const journalFile = (playbook: string, resume: Resume | undefined): JournalFile => {
  const file = fileOf(playbook);
  let descriptor: number | undefined;
  const write = (line: string): void => {
    if (descriptor !== undefined) writeSync(descriptor, `${line}\n`);
  };
  const close = (): void => {
    const open = descriptor;
    descriptor = undefined;
    if (open !== undefined) closeSync(open);
  };
  /** A journal with a line missing would lead a later run astray: it ends with the first fault. */
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      close();
      const reason = messageOf(error);
      process.stderr.write(`warning: --resume will not know all of this run: ${reason}\n`);
    }
  };
  attempt(() => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const fresh = `${file}.${process.pid}`;
    descriptor = openSync(fresh, "w", 0o600);
    for (const line of linesOf(resume ?? new Map())) write(line);
    // From here on it is this run that can be gone on with.
    renameSync(fresh, file);
  });
  return { emit: journalOf((line) => attempt(() => write(line))), close };
};
