import { spawn } from "node:child_process";

/** Runs a program to its end. @throws where it does not exit with the expected status. */
export const child = (
  program: string,
  args: readonly string[],
  { input = "", status = 0 }: { readonly input?: string; readonly status?: number } = {},
): Promise<{ readonly ms: number; readonly stdout: string }> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const process = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    process.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    process.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    process.on("error", reject);
    process.on("close", (code) => {
      if (code === status) resolve({ ms: performance.now() - began, stdout });
      else reject(new Error(`${program} ${args.join(" ")}: exit ${code}\n${stdout}${stderr}`));
    });
    // A program need not read what it is given.
    process.stdin.on("error", () => {});
    process.stdin.end(input);
  });
