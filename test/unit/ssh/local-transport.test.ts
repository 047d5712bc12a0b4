import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Command, sh } from "../../../src/shell/command.ts";
import { localTransport } from "../../../src/ssh/local-transport.ts";
import {
  CommandTimeoutError,
  type Session,
  type Step,
  UnreachableError,
} from "../../../src/ssh/transport.ts";
import { processesWith, uniqueSeconds } from "../../support/ssh-local-shell.ts";

const step = (command: Command, timeoutMs = 5_000): Step => ({ command, timeoutMs });

let session: Session;
let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "weft-local-"));
  session = await localTransport.connect({ address: "here", connection: "local" });
});
afterEach(async () => {
  await session.close();
  rmSync(directory, { recursive: true });
});

describe("the shell of this machine", () => {
  test("runs steps in one trip, in the directory of weft, with answers byte by byte", async () => {
    const results = await session.run([
      step(sh`pwd; printf 'a\0b' >&2; exit 3`),
      step(sh`echo "$LC_ALL"; cat`),
    ]);
    expect(results).toEqual([
      { stdout: `${process.cwd()}\n`, stderr: "a\0b", exitCode: 3, truncated: false },
      { stdout: "C\n", stderr: "", exitCode: 0, truncated: false },
    ]);
    expect(session.trips).toBe(1);
  });

  test("ends a step that takes too long, with its children, and stays usable", async () => {
    const seconds = uniqueSeconds();
    const error = await session
      .run([step(sh`echo begun; (sleep ${seconds} | cat) & sleep ${seconds}`, 200)])
      .catch((reason) => reason);
    expect(error).toBeInstanceOf(CommandTimeoutError);
    expect(error.result.stdout).toBe("begun\n");
    expect(await processesWith(seconds)).toEqual([]);
    expect((await session.run([step(sh`echo usable`)]))[0]?.stdout).toBe("usable\n");
  });

  test("ends a step on abort", async () => {
    const seconds = uniqueSeconds();
    const controller = new AbortController();
    const running = session.run([step(sh`echo begun; sleep ${seconds}`)], {
      signal: controller.signal,
      listener: { onLine: () => controller.abort(new Error("interrupted")) },
    });
    await expect(running).rejects.toThrow("interrupted");
    expect(await processesWith(seconds)).toEqual([]);
  });

  test("that is killed is lost, never a success", async () => {
    const kill = { script: "kill -9 $$", display: "kill -9 $$", secrets: [] };
    const lost = session.run([step(kill)]);
    await expect(lost).rejects.toThrow(UnreachableError);
    await expect(lost).rejects.toThrow("this machine: the shell ended while running `kill -9 $$`");
    await expect(session.run([step(sh`true`)])).rejects.toThrow("the shell ended");
  });

  test("is gone once it is closed", async () => {
    const [result] = await session.run([step(sh`echo $$`)]);
    const pid = Number(result?.stdout);
    process.kill(pid, 0);
    await session.close();
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });
});

describe("a file received from this machine", () => {
  test("arrives byte by byte", async () => {
    const file = join(directory, "big");
    const bytes = randomBytes(5 * 1024 * 1024);
    writeFileSync(file, bytes);
    const into = join(directory, "received");
    const result = await session.receive(step(sh`cat ${file}; exit 3`), into);
    expect(result).toMatchObject({ exitCode: 3, stdout: "" });
    expect(readFileSync(into).equals(bytes)).toBe(true);
  });
});

describe("a stream to this machine", () => {
  test("arrives byte by byte", async () => {
    const file = join(directory, "big");
    const bytes = randomBytes(3 * 1024 * 1024);
    writeFileSync(file, bytes);
    let progress = 0;
    const { stdout } = await session.stream(step(sh`sha256sum`), file, {
      onProgress: (sent) => {
        progress = sent;
      },
    });
    expect(stdout.split(" ")[0]).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(progress).toBe(bytes.length);
    expect(session.trips).toBe(1);
  });

  test("waits for a command that does not read, and is ended in time", async () => {
    const file = join(directory, "big");
    writeFileSync(file, Buffer.alloc(8 * 1024 * 1024));
    let progress = 0;
    const seconds = uniqueSeconds();
    const streaming = session.stream(step(sh`sleep ${seconds}`, 1_000), file, {
      onProgress: (sent) => {
        progress = sent;
      },
    });
    // Not at the end: what is sent to a command that is dead, but not yet known to be, is lost.
    const meanwhile = sleep(500).then(() => progress);
    await expect(streaming).rejects.toThrow(CommandTimeoutError);
    expect(await meanwhile).toBeLessThan(1024 * 1024);
    expect(await processesWith(seconds)).toEqual([]);
  });

  test("may be read in part", async () => {
    const file = join(directory, "big");
    writeFileSync(file, Buffer.alloc(4 * 1024 * 1024, "x"));
    expect(await session.stream(step(sh`head -c 2; exit 4`), file)).toMatchObject({
      stdout: "xx",
      exitCode: 4,
    });
  });
});
