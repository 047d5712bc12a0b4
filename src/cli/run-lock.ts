import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { Problem } from "../problem.ts";
import type { RunLock } from "../run/run-context.ts";
import { fieldsOf, labelOf } from "../ssh/host-lock.ts";
import type { LockHolder } from "../ssh/transport.ts";

const orDash = (read: () => string | undefined): string => {
  try {
    return read()?.trim() || "-";
  } catch {
    return "-";
  }
};

const bootId = (): string =>
  orDash(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").slice(0, 8));

/** Process numbers mean something within their namespace only. */
const pidNamespace = (): string => orDash(() => /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0]);

/** When a process started, in the kernel's ticks since boot: numbers come again. Source: proc(5). */
const startOf = (pid: string): string =>
  orDash(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  });

const isAlive = (pid: string): boolean => {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

const isDead = ({ label }: LockHolder): boolean => {
  if (label === undefined) return false;
  const [, machine, boot, namespace, pid = "", start] = fieldsOf(label);
  const [, ownMachine, ownBoot, ownNamespace] = fieldsOf(
    labelOf(["", hostname(), bootId(), pidNamespace()]),
  );
  // Only this machine's own runs can be looked at.
  if (machine !== ownMachine) return false;
  if (boot !== ownBoot) return true;
  return namespace === ownNamespace && (!isAlive(pid) || startOf(pid) !== start);
};

const describe = (holder: LockHolder): string => {
  const { pid, label, command } = holder;
  if (label === undefined) return "another user's, or not weft's";
  const [, machine, , , runPid, , user, began, playbook] = fieldsOf(label);
  const doing = command === undefined ? "" : `, at work with process ${command} on the host`;
  const state = isDead(holder) ? ", which is dead" : "";
  return `${user}@${machine} with ${playbook} since ${began} (process ${runPid} there${state}; its shell on the host is process ${pid}${doing})`;
};

/**
 * Keeps other runs off the hosts of this one.
 *
 * @param waitSeconds to wait for a host that another run has
 * @throws Problem where that is no time
 */
export const runLock = (playbook: string, waitSeconds: number): RunLock => {
  if (!(waitSeconds >= 0)) {
    throw new Problem(`--lock-wait: expected seconds from 0, got ${waitSeconds}`);
  }
  const label = labelOf([
    randomBytes(4).toString("hex"),
    hostname(),
    bootId(),
    pidNamespace(),
    String(process.pid),
    startOf(String(process.pid)),
    userInfo().username,
    new Date().toISOString().replace(/\.\d+/, ""),
    // The end of a long path tells more than its beginning.
    playbook.slice(-60),
  ]);
  return { label, waitMs: waitSeconds * 1000, describe, isDead };
};
