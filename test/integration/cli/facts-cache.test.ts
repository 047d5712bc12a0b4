import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Scratch, scratch } from "../../support/scratch.ts";
import { weft } from "../../support/weft-cli.ts";

let files: Scratch;
let inventory: string;
let site: string;

beforeAll(() => {
  files = scratch();
  inventory = files.write(
    "hosts.ini",
    "one ansible_connection=local\ntwo ansible_connection=local\n",
  );
  site = files.write(
    "site.ts",
    `import { defineContract, playbook, sh } from "weft";
import { command } from ${JSON.stringify(resolve("tasks/command.ts"))};
import { z } from "zod";
const contract = defineContract({ all: z.object({}) });
export default playbook(contract, [{ name: "Look", hosts: "all", tasks: ({ facts }) => [
  command({ run: sh\`true\`, title: \`look at \${facts.hostname}\` }),
] }]);
`,
  );
});

afterAll(() => files.remove());

describe("a cache of facts that cannot be written", () => {
  it.each([
    ["facts", () => ["facts"]],
    ["a run", () => ["run", site, "--no-lock"]],
  ])("is one warning, and no failure: %s", async (_, verb) => {
    const XDG_CACHE_HOME = files.write("no folder", "");
    const { code, stdout, stderr } = await weft(
      [...verb(), "-i", inventory, "--facts-cache", "1h", "-o", "json"],
      { env: { XDG_CACHE_HOME } },
    );
    expect(stderr).toMatch(/^warning: --facts-cache: facts could not be kept: ENOTDIR.*\n$/);
    expect(stdout).toContain('"two"');
    expect(code).toBe(0);
  });
});
