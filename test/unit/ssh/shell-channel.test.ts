import { describe, expect, test } from "vitest";
import { type Command, sh } from "../../../src/shell/command.ts";
import { secret } from "../../../src/shell/secret.ts";
import type { Step } from "../../../src/ssh/transport.ts";
import { CommandTimeoutError, UnreachableError } from "../../../src/ssh/transport.ts";
import {
  type LocalShell,
  processesWith,
  SHELLS,
  startLocalShell,
  uniqueSeconds,
} from "../../support/ssh-local-shell.ts";

const step = (command: Command | string, more: Partial<Step> = {}): Step => ({
  command:
    typeof command === "string" ? { script: command, display: command, secrets: [] } : command,
  timeoutMs: 5_000,
  ...more,
});

const outputs = async ({ channel }: LocalShell, ...scripts: string[]) =>
  (await channel.run(scripts.map((script) => step(script)))).map((result) =>
    result ? [result.stdout, result.stderr, result.exitCode] : undefined,
  );

describe.concurrent.each(SHELLS)("%s", (_name, ...command) => {
  /** Gives a test a shell of its own, so that all can run side by side. */
  const withShell =
    <More extends unknown[]>(body: (shell: LocalShell, ...more: More) => Promise<void>) =>
    async (...more: More) => {
      const shell = startLocalShell(command);
      try {
        await body(shell, ...more);
      } finally {
        shell.stop();
      }
    };

  test(
    "returns stdout, stderr and status of each step, byte by byte",
    withShell(async (shell) => {
      expect(
        await outputs(
          shell,
          "printf 'no line end'",
          "printf 'a\\n\\n'; printf 'b' >&2; exit 7",
          "printf '\\0\\001\\036x'",
          "",
          "echo 'it'\\''s'",
        ),
      ).toEqual([
        ["no line end", "", 0],
        ["a\n\n", "b", 7],
        ["\0\x01\x1ex", "", 0],
        ["", "", 0],
        ["it's\n", "", 0],
      ]);
    }),
  );

  test.each([
    ["a syntax error", "if then ("],
    ["an unfinished quote", "echo 'abc"],
    ["an unfinished here document", "cat <<X\nabc"],
    ["exit", "exit 3"],
    ["set -e and a failure", "set -e; false; echo not reached"],
    ["a failed special builtin", ". /nonexistent"],
    ["an assignment to a readonly variable", "readonly x=1; x=2"],
    ["exec", "exec true"],
    ["a leading dash", "-x"],
    ["closed streams", "exec >&- 2>&-"],
    ["a trap", "trap 'echo bye' EXIT; exit 1"],
    ["a redefined printf", "printf() { :; }; weft_mark() { :; }; printf x"],
    ["death by its own hand", "sh -c 'kill -9 $PPID'"],
    ["unset variables as errors", `set -u; echo "$no_such_variable"`],
  ])(
    "goes on after %s",
    withShell(async (shell, _what, script) => {
      const [first, second] = await outputs(shell, script, "echo alive");
      expect(first).toBeDefined();
      expect(second).toEqual(["alive\n", "", 0]);
    }),
  );

  test(
    "keeps directory, variables, functions and options of a step to itself",
    withShell(async (shell) => {
      const [, second] = await outputs(
        shell,
        "cd /; leaked=1; leak() { :; }; set -f; umask 0; export leaked",
        `pwd; echo "[$leaked]"; type leak >/dev/null 2>&1 || echo no function; echo /et*; umask`,
      );
      const umask = process.umask().toString(8).padStart(4, "0");
      expect(second).toEqual([`${process.cwd()}\n[]\nno function\n/etc\n${umask}\n`, "", 0]);
    }),
  );

  test(
    "gives commands an empty stdin",
    withShell(async (shell) => {
      expect(await outputs(shell, "cat; read line; echo $?", "echo next")).toEqual([
        ["1\n", "", 0],
        ["next\n", "", 0],
      ]);
    }),
  );

  test(
    "runs in the C locale and finds the administrator's tools",
    withShell(async (shell) => {
      const [first] = await outputs(shell, 'echo "$LC_ALL"; echo "$PATH"');
      expect(first?.[0]).toMatch(/^C\n.*:\/usr\/local\/sbin:\/usr\/sbin:\/sbin\n$/);
    }),
  );

  test(
    "tells the status of a command that a signal ended, and nothing else",
    withShell(async (shell) => {
      expect(await outputs(shell, "exec sh -c 'kill -9 $$'")).toEqual([["", "", 137]]);
    }),
  );

  test(
    "skips all steps after one that must succeed and did not",
    withShell(async (shell) => {
      const heard: string[] = [];
      const results = await shell.channel.run(
        [
          step("false"),
          step("echo must", { mustSucceed: true }),
          step("exit 4", { mustSucceed: true }),
          step("echo not", { mustSucceed: true }),
          step("echo nor"),
        ],
        {
          listener: {
            onStart: (index) => heard.push(`start ${index}`),
            onLine: (index, line) => heard.push(`line ${index} ${line}`),
            onResult: (index, result) => heard.push(`result ${index} ${result?.exitCode}`),
          },
        },
      );
      expect(results.map((result) => result?.exitCode)).toEqual([1, 0, 4, undefined, undefined]);
      expect(heard).toEqual([
        "start 0",
        "result 0 1",
        "start 1",
        "line 1 must",
        "result 1 0",
        "start 2",
        "result 2 4",
        "result 3 undefined",
        "result 4 undefined",
      ]);
      expect(await outputs(shell, "echo next script")).toEqual([["next script\n", "", 0]]);
    }),
  );

  test(
    "passes lines on while the command runs, masked, and keeps the result raw",
    withShell(async (shell) => {
      const lines: string[] = [];
      const [result] = await shell.channel.run([step(sh`printf 'is %s\nend' ${secret("hush")}`)], {
        listener: { onLine: (_index, line) => lines.push(line) },
      });
      expect(lines).toEqual(["is ********", "end"]);
      expect(result?.stdout).toBe("is hush\nend");
    }),
  );

  test(
    "sends all steps in one write, however many, and counts one trip",
    withShell(async (shell) => {
      const before = shell.channel.trips;
      const results = await outputs(
        shell,
        ...Array.from({ length: 200 }, (_, index) => `echo ${index}`),
      );
      expect(results[199]).toEqual(["199\n", "", 0]);
      expect(shell.channel.trips - before).toBe(1);
    }),
  );

  test(
    "runs a script of a megabyte",
    withShell(async (shell) => {
      const text = "x".repeat(1_000_000);
      await outputs(shell, "true");
      const [first] = await outputs(shell, `text='${text}'; echo \${#text}`);
      expect(first).toEqual(["1000000\n", "", 0]);
    }),
  );

  test(
    "cuts a flood, keeps its beginning and its end, and says so",
    withShell(async (shell) => {
      const [result] = await shell.channel.run([step("seq 1 1000000")]);
      expect(result?.truncated).toBe(true);
      expect(result?.stdout).toMatch(/^1\n2\n/);
      expect(result?.stdout).toMatch(/\n999999\n1000000\n$/);
      expect(result?.stdout).toMatch(/\n\[\.\.\. \d+ bytes left out \.\.\.\]\n/);
      expect(result?.stdout.length).toBeLessThan(530_000);
    }),
  );

  test(
    "ends a step that takes too long, with all its children, and skips the rest",
    withShell(async (shell) => {
      const seconds = uniqueSeconds();
      const error = await shell.channel
        .run([
          step("echo ok"),
          step(`echo begun; sleep ${seconds} & (sleep ${seconds} | cat); wait`, { timeoutMs: 400 }),
          step("echo not"),
        ])
        .catch((reason) => reason);
      expect(error).toBeInstanceOf(CommandTimeoutError);
      expect(error).toMatchObject({ index: 1, result: { stdout: "begun\n", exitCode: 143 } });
      expect(await processesWith(seconds)).toEqual([]);
      expect(await outputs(shell, "echo usable")).toEqual([["usable\n", "", 0]]);
    }),
  );

  test(
    "kills a step that ignores TERM",
    withShell(async (shell) => {
      const script = "trap '' TERM; echo begun; while :; do sleep 0.05; done";
      const error = await shell.channel
        .run([step(script, { timeoutMs: 400 })])
        .catch((reason) => reason);
      expect(error).toMatchObject({ result: { stdout: "begun\n", exitCode: 137 } });
      expect(await outputs(shell, "echo usable")).toEqual([["usable\n", "", 0]]);
    }),
  );

  test(
    "an abort ends the command and rejects with the signal's reason",
    withShell(async (shell) => {
      const seconds = uniqueSeconds();
      const controller = new AbortController();
      const run = shell.channel.run([step(`echo begun; sleep ${seconds}`), step("echo not")], {
        signal: controller.signal,
        listener: { onLine: () => controller.abort(new Error("interrupted")) },
      });
      await expect(run).rejects.toThrow("interrupted");
      expect(await processesWith(seconds)).toEqual([]);
      expect(await outputs(shell, "echo usable")).toEqual([["usable\n", "", 0]]);
    }),
  );

  test(
    "an abort right after sending ends the script too",
    withShell(async (shell) => {
      const seconds = uniqueSeconds();
      const controller = new AbortController();
      const run = shell.channel.run([step(`sleep ${seconds}`), step(`sleep ${seconds}`)], {
        signal: controller.signal,
      });
      setTimeout(() => controller.abort(new Error("interrupted")), 0);
      await expect(run).rejects.toThrow("interrupted");
      expect(await processesWith(seconds)).toEqual([]);
      expect(await outputs(shell, "echo usable")).toEqual([["usable\n", "", 0]]);
    }),
  );

  test(
    "is unreachable when the shell dies in mid-command, and says at which",
    withShell(async (shell) => {
      const lost = shell.channel.run([
        step("true"),
        step(sh`kill -9 $$; sleep 5 # ${secret("hush")}`),
      ]);
      await expect(lost).rejects.toThrow(UnreachableError);
      await expect(lost).rejects.toThrow(
        "here: the shell on the host ended while running `kill -9 $$; sleep 5 # ********`: SIGKILL",
      );
      await expect(outputs(shell, "echo later")).rejects.toThrow(UnreachableError);
    }),
  );

  test(
    "runs scripts that come at the same time one after the other",
    withShell(async (shell) => {
      const all = await Promise.all([
        outputs(shell, "sleep 0.1; echo a"),
        outputs(shell, "echo b"),
        outputs(shell),
      ]);
      expect(all).toEqual([[["a\n", "", 0]], [["b\n", "", 0]], []]);
    }),
  );
});
