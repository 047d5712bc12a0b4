import { spawn } from "node:child_process";

/** What a program showed on its terminal. */
export interface TerminalResult {
  readonly code: number | null;
  readonly screen: string;
}

interface TerminalOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Typed one by one, the next one each time that the question comes once more. */
  readonly answers?: readonly string[];
  /** What a question looks like. */
  readonly question?: string;
  /** Hears all that is shown so far, and may type. */
  readonly onScreen?: (screen: string, type: (text: string) => void) => void;
}

/** Runs the built command line on a terminal of its own: script(1). */
export const weftOnTerminal = (
  args: readonly string[],
  { env, answers = [], question = ": ", onScreen }: TerminalOptions,
): Promise<TerminalResult> =>
  new Promise((resolve) => {
    const command = [process.execPath, "bin/weft.js", ...args].map((word) => `'${word}'`);
    // exec: a shell that stays would end by Ctrl-C too, with its own code.
    const child = spawn("script", ["-qefc", `exec ${command.join(" ")}`, "/dev/null"], {
      env: { ...process.env, NO_COLOR: "1", ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    let screen = "";
    let answered = 0;
    child.stdout.on("data", (bytes: Buffer) => {
      screen += bytes.toString();
      onScreen?.(screen, (text) => void child.stdin.write(text));
      const answer = answers[answered];
      if (screen.split(question).length - 1 <= answered || answer === undefined) return;
      answered += 1;
      child.stdin.write(answer);
    });
    child.once("close", (code) => resolve({ code, screen }));
  });
