import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Problem } from "../problem.ts";
import { isStream } from "./atomic-write.ts";

const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
      return "there is no such folder";
    case "ENOTDIR":
      return "that is no folder";
    case "EACCES":
    case "EPERM":
      return "it may not be written to";
    case "EROFS":
      return "it is on a file system that is read-only";
    default:
      return message;
  }
};

// Only a file that was made tells that files can be made: root passes every check of rights.
const checkFolder = (flag: string, folder: string): void => {
  const probe = join(folder, `.weft-${randomBytes(6).toString("hex")}`);
  try {
    writeFileSync(probe, "", { mode: 0o600, flag: "wx" });
    rmSync(probe);
  } catch (cause) {
    throw new Problem(`${flag}: cannot write into the folder ${folder}: ${reasonOf(cause)}`, {
      hint: "Make the folder, or name another one.",
      cause,
    });
  }
};

/** Checks that a report can be written. @throws Problem, with the flag that asked for it */
export const checkReportFile = (flag: string, file: string): void => {
  if (isStream(file)) return;
  checkFolder(flag, dirname(file));
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new Problem(`${flag}: ${file} is a folder; name a file`);
  }
};

/** Makes the last folder of a path where it is missing. @throws Problem where that cannot be written */
export const makeReportFolder = (flag: string, folder: string): void => {
  if (!existsSync(folder)) {
    checkFolder(flag, dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
  }
  checkFolder(flag, folder);
};
