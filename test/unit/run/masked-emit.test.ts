import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../../src/run/events.ts";
import { maskedEmit } from "../../../src/run/masked-emit.ts";
import { sh } from "../../../src/shell/command.ts";
import { secret } from "../../../src/shell/secret.ts";
import { SecretRegister } from "../../../src/shell/secret-register.ts";
import { task } from "../../../src/task.ts";
import { fakeHost } from "../../support/fake-host.ts";
import { runToys, toyHost } from "../../support/toy.ts";

const PLAIN = "correct-horse-battery";
const password = secret(PLAIN);

/** A task that lets the secret slip wherever a task can put a text. */
const leaky = (fault?: "probe" | "plan" | "change" | "not taken") =>
  task<string>({
    title: `log in with ${PLAIN}`,
    probe: {
      command: sh`show config`,
      parse: ({ stdout }) => {
        if (fault === "probe") throw new Error(`cannot read ${stdout}`);
        return stdout;
      },
    },
    plan: (now) => {
      if (fault === "plan") throw new Error(`cannot plan for ${now}`);
      if (now.startsWith("done") && fault !== "not taken") return [];
      return [
        {
          summary: `set ${PLAIN}`,
          command: sh`set ${PLAIN} ${password}`,
          diff: { subject: "config", before: now, after: `password=${PLAIN}\n` },
        },
      ];
    },
    report: (now) => `the host says ${now}`,
  });

const eventsOf = async (fault?: Parameters<typeof leaky>[0]): Promise<readonly RunEvent[]> => {
  let done = false;
  const host = fakeHost({
    "show config": () => ({ stdout: `${done ? "done " : ""}pw: ${PLAIN}` }),
    [`set ${PLAIN} ${PLAIN}`]: () => {
      done = true;
      const exitCode = fault === "change" ? 1 : 0;
      return { stdout: `now ${PLAIN}\n`, stderr: `warning: ${PLAIN}\n`, exitCode };
    },
  });
  return (await runToys({ hosts: { a: host }, plays: [() => [leaky(fault)]] })).events;
};

describe("no event tells a secret", () => {
  it.each([
    [undefined, "changed"],
    ["probe", "failed"],
    ["plan", "failed"],
    ["change", "failed"],
    ["not taken", "failed"],
  ] as const)("where the fault is in: %s", async (fault, status) => {
    const events = await eventsOf(fault);
    const end = events.find((event) => event.type === "task-end");
    expect(end).toMatchObject({ status, task: "log in with ********" });
    expect(inspect(events, { depth: null })).not.toContain(PLAIN);
    expect(JSON.stringify(events)).not.toContain(PLAIN);
  });

  it("where another host prints it that was never given it", async () => {
    const other = toyHost({}, { hello: () => ({ stdout: `someone said ${PLAIN}\n` }) });
    const greet = task({
      title: "greet",
      unverified: true,
      probe: { command: sh`:`, parse: () => undefined },
      plan: () => [{ summary: "say hello", command: sh`hello` }],
    });
    const hosts = { b: { ...other, reactions: { ...other.reactions, ":": () => ({}) } } };
    const { events } = await runToys({ hosts, plays: [() => [greet]] });
    expect(events.find((event) => event.type === "output")).toMatchObject({
      line: "someone said ********",
    });
  });
});

it("leaves alone what events are told apart by", () => {
  const secrets = new SecretRegister();
  secrets.add("web1");
  const emitted: RunEvent[] = [];
  maskedEmit(
    (event) => emitted.push(event),
    secrets,
  )({
    type: "recap",
    hosts: {
      web1: { ok: 1, changed: 0, failed: 0, unreachable: 0, skipped: 0, rescued: 0, ignored: 0 },
    },
    ms: 5,
    check: false,
    interrupted: false,
  });
  expect(emitted).toMatchObject([{ type: "recap", hosts: { web1: { ok: 1 } }, ms: 5 }]);
});

it("a command shows itself without its secrets, to JSON and to the console", () => {
  const command = sh`if ${sh`login ${password}`}; then :; fi`;
  for (const shown of [JSON.stringify({ command }), inspect({ command }), `${command}`]) {
    expect(shown).not.toContain(PLAIN);
  }
  expect(JSON.parse(JSON.stringify(command))).toEqual({ display: "if login ********; then :; fi" });
});
