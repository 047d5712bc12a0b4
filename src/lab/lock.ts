import { mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Problem } from "../problem.ts";

/** A process id means one process only together with the time it began: ids are used again. */
const startTime = async (pid: number): Promise<string | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The name in parentheses may hold anything; the start time is field 22. See proc_pid_stat(5).
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
};

const isHeld = async (path: string): Promise<number | undefined> => {
  const [pid = "", started = ""] = (await readFile(path, "utf8").catch(() => "")).trim().split(" ");
  return pid !== "" && (await startTime(Number(pid))) === started ? Number(pid) : undefined;
};

/**
 * Does something to the lab while no other process does.
 * @throws Problem where another one is at it
 */
export const withLock = async <Result>(
  path: string,
  action: () => Promise<Result>,
): Promise<Result> => {
  await mkdir(dirname(path), { recursive: true });
  for (;;) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(`${process.pid} ${await startTime(process.pid)}\n`);
      await file.close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const holder = await isHeld(path);
      if (holder !== undefined) {
        throw new Problem(`another weft lab command, process ${holder}, is changing the lab now`, {
          hint: "Wait until it is done.",
        });
      }
      // Its holder was killed.
      await rm(path, { force: true });
    }
  }
  try {
    return await action();
  } finally {
    await rm(path, { force: true });
  }
};
