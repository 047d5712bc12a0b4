import { spawnSync } from "node:child_process";
import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import type { Change, Command, CommandResult, Task } from "weft";
import { summaries } from "./answer.ts";

type Shell = readonly [string, ...string[]];

/** The shells that hosts have for sh. */
export const shells: readonly { readonly name: string; readonly shell: Shell }[] = [
  { name: "dash", shell: ["dash"] },
  { name: "bash", shell: ["bash", "--posix"] },
  { name: "busybox", shell: ["busybox", "sh"] },
];

/** @param atEnd vitest's `onTestFinished` within a test; default: the folder is removed after the file's tests */
export const scratchFolder = (atEnd: (remove: () => void) => void = afterAll): string => {
  const folder = mkdtempSync(join(tmpdir(), "weft-tasks-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Puts a program into a folder that a script is to find before the real one, or instead. */
export const fakeProgram = (folder: string, name: string, script: string): void =>
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

/** Runs a command here as a host would. */
export const runHere = (
  { script }: Command,
  [program, ...args]: Shell = ["dash"],
  stdin?: string,
): CommandResult => {
  const { stdout, stderr, status } = spawnSync(program, [...args, "-c", script], {
    encoding: "utf8",
    env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin`, LC_ALL: "C" },
    stdio: [stdin === undefined ? "ignore" : openSync(stdin, "r"), "pipe", "pipe"],
  });
  return { stdout, stderr, exitCode: status ?? 255, truncated: false };
};

/** What a task would change here. */
export const planHere = <State>(task: Task<State>, shell?: Shell): readonly Change[] =>
  task.plan(task.probe.parse(runHere(task.probe.command, shell)));

/**
 * Runs a task here as the engine would, and expects that the second answer gives an empty plan.
 * Gives the summaries of what it did.
 */
export const converge = <State>(task: Task<State>, shell?: Shell): readonly string[] => {
  const changes = planHere(task, shell);
  for (const { command, stdin } of changes) {
    const { exitCode, stderr } = runHere(command, shell, stdin?.file);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  }
  expect(summaries(planHere(task, shell))).toEqual([]);
  return summaries(changes);
};
