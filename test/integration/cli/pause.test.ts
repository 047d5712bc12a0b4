import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Scratch, scratch } from "../../support/scratch.ts";
import { weftOnTerminal } from "../../support/terminal.ts";
import { weft } from "../../support/weft-cli.ts";

let files: Scratch;
let run: readonly string[];

beforeAll(() => {
  files = scratch();
  const site = files.write(
    "site.ts",
    `import { defineContract, playbook, sh } from "weft";
import { command } from ${JSON.stringify(resolve("tasks/command.ts"))};
import { pause } from ${JSON.stringify(resolve("tasks/pause.ts"))};
import { z } from "zod";
const contract = defineContract({ all: z.object({}) });
export default playbook(contract, [{ name: "Roll out", hosts: "all", tasks: () => [
  command({ run: sh\`true\`, title: "before" }),
  pause({ prompt: "Look at it", title: "look" }),
  command({ run: sh\`true\`, title: "after" }),
] }]);
`,
  );
  const inventory = files.write(
    "hosts.ini",
    "one ansible_connection=local\ntwo ansible_connection=local\n",
  );
  run = ["run", site, "-i", inventory, "--no-lock"];
});

afterAll(() => files.remove());

describe("a pause for somebody", () => {
  it("is over for all hosts with one Enter", async () => {
    const { code, screen } = await weftOnTerminal(run, {
      env: {},
      question: "Look at it [Enter]",
      answers: ["\n"],
    });
    expect(screen.split("Look at it [Enter]")).toHaveLength(2);
    expect(screen.indexOf("changed: after")).toBeGreaterThan(screen.indexOf("Look at it [Enter]"));
    expect(code).toBe(0);
  });

  it("is left with Ctrl-C", async () => {
    const { code, screen } = await weftOnTerminal(run, {
      env: {},
      question: "Look at it [Enter]",
      answers: ["\x03"],
    });
    expect(screen).not.toContain("changed: after");
    expect(code).toBe(130);
  });

  it("is failed by Ctrl-D", async () => {
    const { code, screen } = await weftOnTerminal(run, {
      env: {},
      question: "Look at it [Enter]",
      answers: ["\x04"],
    });
    expect(screen).toContain("the input ended before somebody pressed Enter");
    expect(screen).not.toContain("changed: after");
    expect(code).toBe(2);
  });

  it("is no wait in check mode", async () => {
    expect((await weft([...run, "--check"])).code).toBe(0);
  });

  it("is refused before any host is touched where there is no terminal", async () => {
    const { code, stdout, stderr } = await weft(run);
    expect(stderr).toContain('"look" waits for Enter, and there is no terminal to ask on');
    expect(stdout).not.toContain("before");
    expect(code).toBe(1);
  });
});
