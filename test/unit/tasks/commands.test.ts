import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { secret, sh } from "weft";
import { assert } from "../../../tasks/assert.ts";
import { command } from "../../../tasks/command.ts";
import { debug } from "../../../tasks/debug.ts";
import { pause } from "../../../tasks/pause.ts";
import { reboot } from "../../../tasks/reboot.ts";
import { script } from "../../../tasks/script.ts";
import { waitFor } from "../../../tasks/wait-for.ts";
import { answer, summaries } from "./answer.ts";
import { converge, planHere, runHere, scratchFolder, shells } from "./on-this-machine.ts";

const folder = scratchFolder();
let made = 0;
const fresh = (): string => `${folder}/a ${++made}`;

describe.each(shells)("under $name", ({ shell }) => {
  it("a command runs until its test holds", () => {
    const path = fresh();
    const run = sh`echo more >>${path}`;
    const unless = sh`grep -q more ${path} 2>/dev/null # a comment`;
    expect(converge(command({ run, unless, title: "more" }), shell)).toEqual(["run more"]);
    expect(converge(command({ run, unless }), shell)).toEqual([]);
    expect(converge(command({ run, creates: path }), shell)).toEqual([]);
    expect(converge(command({ run, unless: sh`exit 1`, creates: path }), shell)).toEqual([]);
    expect(readFileSync(path, "utf8")).toBe("more\n");
  });

  it("a local script runs with its arguments, and may read its standard input", () => {
    const file = `${fresh()}.sh`;
    writeFileSync(file, `cat\nprintf '%s\\n' "$@" >"$1"\nexit 0\nexit 1\n`);
    const path = fresh();
    const task = script({ file, args: [path, "it's", ""], creates: path });
    expect(converge(task, shell)).toHaveLength(1);
    expect(readFileSync(path, "utf8")).toBe(`${path}\nit's\n\n`);
    writeFileSync(file, "exit 7");
    const [change] = planHere(script({ file }), shell);
    expect(runHere(change?.command ?? sh`:`, shell).exitCode).toBe(7);
  });

  it("a wait sees what is so, and gives up in time", () => {
    const path = fresh();
    const task = waitFor({ file: path, timeout: 0 });
    const [change] = planHere(task, shell);
    expect(change?.summary).toBe(`wait for ${path}, 0 s at most`);
    expect(runHere(change?.command ?? sh`:`, shell)).toMatchObject({
      exitCode: 1,
      stderr: `waited 0 s for ${path}\n`,
    });
    mkdirSync(path);
    expect(converge(task, shell)).toEqual([]);
    expect(runHere(change?.command ?? sh`:`, shell).exitCode).toBe(0);
  });

  it("a debug tells what a command prints", () => {
    const task = debug({ command: sh`echo out; echo err >&2; exit 3` });
    const state = task.probe.parse(runHere(task.probe.command, shell));
    expect(task.report?.(state)).toBe("out\nerr\nexit 3");
    expect(task.plan(state)).toEqual([]);
  });
});

describe("command", () => {
  it("without a test is due at every run, and not verified", () => {
    const task = command({ run: sh`reindex --token ${secret("t0k")} ${"a b"}` });
    expect(task.title).toBe("reindex --token ******** 'a b'");
    expect(task.unverified).toBe(true);
    expect(summaries(planHere(task))).toEqual(["run reindex --token ******** 'a b'"]);
  });

  it("with a test is verified", () => {
    expect(command({ run: sh`a`, unless: sh`b` }).unverified).toBeUndefined();
  });

  it("throws where its test gives no answer", () => {
    const task = command({ run: sh`a`, unless: sh`b` });
    expect(() => task.probe.parse(answer("", "sh: syntax error", 2))).toThrow(/syntax error/);
  });

  it("takes its time in seconds", () => {
    expect(command({ run: sh`a`, timeout: 5 }).timeoutMs).toBe(5000);
  });
});

describe("script", () => {
  it("throws before any host is touched where there is no such file", () => {
    expect(() => script({ file: "/no/such" })).toThrow(/script \/no\/such cannot be read/);
  });

  it("leaves nothing behind", () => {
    const file = fresh();
    const told = fresh();
    writeFileSync(file, `echo "$0" >"$1"`);
    converge(script({ file, args: [told], creates: told }));
    expect(existsSync(readFileSync(told, "utf8").trim())).toBe(false);
  });
});

describe("assert", () => {
  const task = assert({ that: sh`[ -d ${folder} ]`, message: "no folder", hint: "make one" });

  it("lets a host go on where it holds", () => {
    expect(planHere(task)).toEqual([]);
  });

  it("says what is wrong, with what the command said", () => {
    expect(() => task.plan(task.probe.parse(answer("status=1\n", "denied\n")))).toThrow(
      "no folder: denied",
    );
    expect(() => task.plan({ holds: false, said: "" })).toThrow(/^no folder$/);
  });

  it("throws on any other answer", () => {
    expect(() => task.probe.parse(answer(""))).toThrow(/cannot be run/);
  });
});

describe("reboot", () => {
  it.each([
    ["needed", "needed=yes\n", ["boot the host"]],
    ["not needed", "needed=no\n", []],
  ])("plans: %s", (_, stdout, expected) => {
    const task = reboot({ when: sh`[ -e /run/stale ]` });
    expect(summaries(task.plan(task.probe.parse(answer(stdout))))).toEqual(expected);
  });

  it("asks what is to be mended, and boots at every run where it is told nothing", () => {
    expect(planHere(reboot({ when: sh`false # never` }))).toEqual([]);
    expect(planHere(reboot({ when: sh`true` }))[0]?.mayDisconnect).toBe("boots");
    expect(reboot({ when: sh`true` }).unverified).toBeUndefined();
    expect(reboot().unverified).toBe(true);
    expect(summaries(planHere(reboot()))).toEqual(["boot the host"]);
  });

  it("throws on any other answer", () => {
    expect(() => reboot().probe.parse(answer("", "syntax error"))).toThrow(/syntax error/);
  });
});

describe("pause", () => {
  it("waits for some seconds on the host, at every run", () => {
    const task = pause({ seconds: 90 });
    expect(task).toMatchObject({ title: "pause of 90 s", unverified: true, timeoutMs: 120_000 });
    const [change] = task.plan({});
    expect(change?.command.script).toBe("sleep 90");
  });

  it("wants somebody to press Enter", () => {
    const task = pause({ prompt: "Look first" });
    expect(task).toMatchObject({ title: "pause: Look first", acknowledge: "Look first" });
    expect(summaries(task.plan({}))).toEqual(["wait for Enter: Look first"]);
  });

  it.each([{}, { seconds: 1, prompt: "both" }, { seconds: 0 }, { seconds: Number.NaN }])(
    "refuses %j",
    (options) => {
      expect(() => pause(options)).toThrow(/a pause/);
    },
  );
});

describe("waitFor", () => {
  it("sees a port that is listened on, without a tool", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const task = waitFor({ port, timeout: 0 });
    expect(planHere(task)).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
    expect(summaries(planHere(task))).toEqual([`wait for port ${port}, 0 s at most`]);
  });

  it("takes one thing to wait for", () => {
    expect(() => waitFor({})).toThrow(/one of/);
    expect(() => waitFor({ port: 1, file: "/a" })).toThrow(/one of/);
  });

  it("lets the engine wait longer than it waits itself", () => {
    expect(waitFor({ port: 1, timeout: 900 }).timeoutMs).toBe(930_000);
  });
});
