import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sh } from "../../../src/shell/command.ts";
import { fieldsOf, holderOf, labelled, labelOf } from "../../../src/ssh/host-lock.ts";
import { HostBusyError, type LockRequest } from "../../../src/ssh/transport.ts";
import { type LocalShell, SHELLS, startLocalShell } from "../../support/ssh-local-shell.ts";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "weft-lock-")));
afterAll(() => rmSync(scratch, { recursive: true }));

const ask = ({ channel }: LocalShell, command = sh`echo here`) =>
  channel.run([{ command, timeoutMs: 5_000 }]);

const refusal = async (shell: LocalShell): Promise<HostBusyError> => {
  const error: unknown = await ask(shell).catch((reason: unknown) => reason);
  if (!(error instanceof HostBusyError)) throw new Error(`not refused: ${JSON.stringify(error)}`);
  return error;
};

describe.each(SHELLS)("%s", (name, ...command) => {
  const folder = mkdtempSync(join(scratch, `${name}-`));
  const shells: LocalShell[] = [];
  const open = (label: string, more: Partial<LockRequest> = {}): LocalShell => {
    const shell = startLocalShell(command, { label, folder, ...more });
    shells.push(shell);
    return shell;
  };
  const ended = ({ child }: LocalShell): Promise<void> =>
    new Promise((resolve) => {
      child.once("exit", () => resolve());
      child.stdin?.end();
    });
  afterAll(() => {
    for (const shell of shells) shell.stop();
  });

  test("one run has a host, others hear who, and the next one gets it", async () => {
    const first = open("alice");
    await ask(first);
    const second = open("bob");
    const { holder } = await refusal(second);
    expect(holder).toEqual({ pid: first.child.pid, label: "alice" });
    // All that is said to it later is refused too.
    await refusal(second);
    await ended(first);
    const third = open("carol");
    expect((await ask(third))[0]?.stdout).toBe("here\n");
    await ended(third);
  });

  test("the same run may reach a host by two names", async () => {
    const first = open("alice");
    await ask(first);
    const again = open("alice");
    expect((await ask(again))[0]?.stdout).toBe("here\n");
    await ended(again);
    await refusal(open("bob"));
    await ended(first);
  });

  test("what a command leaves running does not keep the host", async () => {
    const first = open("alice");
    await ask(first, sh`sleep 30 >/dev/null 2>&1 & echo $!`);
    await ended(first);
    expect((await ask(open("bob")))[0]?.stdout).toBe("here\n");
    await ended(shells.at(-1) as LocalShell);
  });

  test("a dead run's shell is ended, unless it still does something", async () => {
    const dead = open("dead");
    await ask(dead);
    const takeFrom = dead.child.pid as number;
    const working = ask(dead, sh`sleep 2`).catch(() => {});
    const { holder } = await refusal(open("bob", { takeFrom }));
    expect(holder.label).toBe("dead");
    expect(holder.command).toMatch(/^\d+ \((sleep|sh|dash|bash|busybox)/);
    await working;
    expect((await ask(open("bob", { takeFrom })))[0]?.stdout).toBe("here\n");
    expect(dead.child.signalCode).toBe("SIGKILL");
  });
});

test("a label is safe in any shell, and read back", () => {
  const label = labelOf(["a b'; rm -rf /", "$(x)", "ok-1.2:3@h"]);
  expect(label).toBe("a_b___rm_-rf_/,__x_,ok-1.2:3@h");
  expect(fieldsOf(label)).toHaveLength(3);
  expect(labelled("exec sh", { label: "a,b" })).toBe("exec env WEFT_RUN=a,b sh");
});

test("a holder that is not known is still one", () => {
  expect(holderOf("- - -")).toEqual({});
  expect(holderOf("")).toBeUndefined();
});
