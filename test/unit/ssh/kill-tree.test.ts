import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, type TestContext, test } from "vitest";
import {
  killLocally,
  processesWith,
  SHELLS,
  uniqueSeconds,
} from "../../support/ssh-local-shell.ts";

type OnFinished = TestContext["onTestFinished"];

interface Tree {
  /** Nothing below it may survive, and itself must. */
  readonly root: ChildProcess;
  readonly pid: number;
}

/** A process that runs the script below itself; resolves when that says "ready". */
const grow = async (finished: OnFinished, script: string): Promise<Tree> => {
  // Not as an argument: the tests look for their processes by command line.
  const root = spawn("dash", ["-c", 'trap : USR1; (eval "$SCRIPT") </dev/null; read never'], {
    stdio: ["pipe", "pipe", "ignore"],
    env: { PATH: process.env.PATH, SCRIPT: script },
    detached: true,
  });
  await once(root, "spawn");
  const pid = root.pid ?? 0;
  // With all below it: where killing fails, the test does, and nothing is to go on for ever.
  finished(() => {
    if (root.exitCode === null && root.signalCode === null) process.kill(-pid, "SIGKILL");
  });
  await once(root.stdout, "data");
  return { root, pid };
};

const newDirectory = (finished: OnFinished): string => {
  const directory = mkdtempSync(join(tmpdir(), "weft-kill-"));
  finished(() => rmSync(directory, { recursive: true }));
  return directory;
};

describe.concurrent.each(SHELLS)("killing below a process, by %s", (_name, ...shell) => {
  test("leaves nothing of a deep tree, and leaves the process itself alive", async ({
    onTestFinished,
  }) => {
    const marker = uniqueSeconds();
    const { pid, root } = await grow(
      onTestFinished,
      `sh -c 'sh -c "sleep ${marker} & sleep ${marker} | cat & echo ready; wait"; true'; true`,
    );
    expect(await killLocally(shell, pid)).toEqual([]);
    expect(await processesWith(marker)).toEqual([]);
    expect(root.exitCode ?? root.signalCode).toBeNull();
  });

  test("finds the children of a process whose name has parentheses, spaces and line ends", async ({
    onTestFinished,
  }) => {
    const marker = uniqueSeconds();
    const directory = newDirectory(onTestFinished);
    copyFileSync("/bin/dash", join(directory, "a) S 1 (\nb"));
    const { pid } = await grow(
      onTestFinished,
      `'${directory}/a) S 1 (\nb' -c 'sleep ${marker} & echo ready; wait'`,
    );
    expect(await killLocally(shell, pid)).toEqual([]);
    expect(await processesWith(marker)).toEqual([]);
  });

  test("kills what ignores TERM after its parent has gone", async ({ onTestFinished }) => {
    const marker = uniqueSeconds();
    const { pid } = await grow(
      onTestFinished,
      `sh -c '(trap "" TERM; sleep ${marker}) & echo ready; exec sleep ${marker}'`,
    );
    expect(await killLocally(shell, pid)).toEqual([]);
    expect(await processesWith(marker)).toEqual([]);
  });

  test("catches a tree that forks all the time", async ({ onTestFinished }) => {
    const marker = `weft-fork-${uniqueSeconds()}`;
    const { pid } = await grow(
      onTestFinished,
      `sh -c 'trap "" TERM; echo ready; while :; do sh -c "sleep 0.01; exit" ${marker} & sleep 0.005; done' ${marker}`,
    );
    expect(await killLocally(shell, pid)).toEqual([]);
    await sleep(50);
    expect(await processesWith(marker)).toEqual([]);
  });

  test("lets a process clean up on TERM", async ({ onTestFinished }) => {
    const file = join(newDirectory(onTestFinished), "cleaned");
    const { pid } = await grow(
      onTestFinished,
      `sh -c 'trap "sleep 0.1; touch ${file}; exit" TERM; echo ready; while :; do sleep 0.02; done'`,
    );
    expect(await killLocally(shell, pid)).toEqual([]);
    expect(existsSync(file)).toBe(true);
  });

  test("spares a daemon that has left the tree", async ({ onTestFinished }) => {
    const marker = uniqueSeconds();
    onTestFinished(async () => {
      for (const daemon of await processesWith(marker)) process.kill(daemon, "SIGKILL");
    });
    const { pid } = await grow(
      onTestFinished,
      `(setsid sleep ${marker} >/dev/null 2>&1 &); sleep 0.05; echo ready`,
    );
    expect(await killLocally(shell, pid)).toEqual([]);
    expect(await processesWith(marker)).toHaveLength(1);
  });
});
