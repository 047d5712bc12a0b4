import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { killScript, survivors } from "../../src/ssh/kill-tree.ts";
import { ShellChannel } from "../../src/ssh/shell-channel.ts";
import { ShellOpening } from "../../src/ssh/shell-opening.ts";
import type { LockRequest } from "../../src/ssh/transport.ts";

/** The shells that hosts have as /bin/sh. All three must be installed: apt-get install dash busybox. */
export const SHELLS: readonly (readonly [name: string, ...command: string[]])[] = [
  ["dash", "dash"],
  // As it runs under the name of sh.
  ["bash", "bash", "--posix"],
  ["busybox", "busybox", "sh"],
];

/** Ends all processes below one, with the script that a transport sends to hosts. */
export const killLocally = (shell: readonly string[], pid: number): Promise<readonly number[]> =>
  new Promise((resolve, reject) => {
    const [program = "sh", ...args] = shell;
    const child = spawn(program, [...args, "-s", String(pid)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (bytes) => {
      output += bytes;
    });
    child.once("error", reject);
    child.once("close", () => {
      const left = survivors(output);
      if (left) resolve(left);
      else reject(new Error(`no answer from the killing shell: ${output}`));
    });
    child.stdin.end(killScript(200));
  });

export interface LocalShell {
  readonly channel: ShellChannel;
  readonly child: ChildProcess;
  stop(): void;
}

/** A shell of this machine in the place of a host's. */
export const startLocalShell = (command: readonly string[], lock?: LockRequest): LocalShell => {
  const [program = "sh", ...args] =
    lock === undefined ? command : ["env", `WEFT_RUN=${lock.label}`, ...command];
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  const channel = new ShellChannel(
    {
      write: (text) => void child.stdin.write(text),
      stdout: child.stdout,
      stderr: child.stderr,
    },
    {
      where: "here",
      kill: (pid) => killLocally(command, pid),
      opening: new ShellOpening({ lock }),
    },
  );
  child.once("exit", async (code, signal) => {
    // What it printed before may still be on its way, and a child of it may hold the streams open.
    await sleep(50);
    channel.lose({ what: "the shell on the host ended", why: signal ?? `exit status ${code}` });
  });
  child.stdin.on("error", () => {});
  return { channel, child, stop: () => void child.kill("SIGKILL") };
};

let count = 0;

/** Seconds for a `sleep` that no other test uses, to find it among all processes by. */
export const uniqueSeconds = (): string => {
  count += 1;
  // Of one length: the first of them must not be found in the fifteenth.
  return `4${process.pid}.${String(count).padStart(6, "0")}5`;
};

/** Numbers of the live processes whose command line holds the text. */
export const processesWith = async (text: string): Promise<readonly number[]> => {
  const found: number[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const line = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
    const isZombie = /\) Z /.test(stat);
    if (line.includes(text) && !isZombie && Number(entry) !== process.pid)
      found.push(Number(entry));
  }
  return found;
};
