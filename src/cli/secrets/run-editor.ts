import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { Problem } from "../../problem.ts";

const ENDING = ["SIGTERM", "SIGHUP"] as const;

/**
 * Lets the user edit a file. Ctrl-C is the editor's; what ends weft itself ends the editor too.
 *
 * @param editor shell source, as `$EDITOR` is
 * @throws Problem where the editor did not end well
 */
export const runEditor = async (editor: string, file: string): Promise<void> => {
  let child: ChildProcess | undefined;
  const ignore = (): void => {};
  const end = (signal: NodeJS.Signals): void => {
    child?.kill(signal);
    // The folder is wiped on exit.
    process.exit(128 + constants.signals[signal]);
  };
  process.on("SIGINT", ignore);
  for (const signal of ENDING) process.on(signal, end);
  try {
    // As git(1) does: the variable may hold arguments. The trap keeps the shell from ending before the editor.
    const script = `trap : INT; ${editor} "$@"`;
    const running = spawn("sh", ["-c", script, editor, file], { stdio: "inherit" });
    child = running;
    const how = await new Promise<string | undefined>((resolve, reject) => {
      running.once("error", reject);
      running.once("exit", (code, signal) => {
        if (code === 0) resolve(undefined);
        else resolve(signal === null ? `exit code ${code}` : `killed by ${signal}`);
      });
    });
    if (how !== undefined) {
      throw new Problem(`the editor (${editor}) failed: ${how}. Nothing was changed.`);
    }
  } finally {
    process.off("SIGINT", ignore);
    for (const signal of ENDING) process.off(signal, end);
  }
};
