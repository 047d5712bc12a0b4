import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunEvent } from "../../src/run/events.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

// What weft remembers of tests must not take the place of what it remembers for the user.
const remembered = join(root, "node_modules/.cache/weft-test");
const ownFolders = { XDG_STATE_HOME: remembered, XDG_CACHE_HOME: remembered };

/** What a run of the command line left. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

interface CliOptions {
  /** Called with everything printed so far on stdout whenever there is more. */
  readonly onOutput?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the built command line as a user would, in the project's folder. */
export const weft = (args: readonly string[], options: CliOptions = {}): Promise<CliResult> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, ["bin/weft.js", ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", ...ownFolders, ...options.env },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      options.onOutput?.(stdout, (signal) => child.kill(signal));
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr, ms: performance.now() - began }));
  });

/** The events that `--output json` printed. */
export const eventsOf = ({ stdout }: CliResult): readonly RunEvent[] =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);

/** The recap, which must be the last event. */
export const recapOf = (result: CliResult): Extract<RunEvent, { type: "recap" }> => {
  const last = eventsOf(result).at(-1);
  if (last?.type !== "recap") {
    throw new Error(`no recap at the end of:\n${result.stdout}\n${result.stderr}`);
  }
  return last;
};
