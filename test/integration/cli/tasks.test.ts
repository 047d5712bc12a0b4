import { describe, expect, it } from "vitest";
import { weft } from "../../support/weft-cli.ts";

describe("weft tasks", () => {
  it("lists every task by category", async () => {
    const { stdout, code } = await weft(["tasks"]);
    expect(stdout).toMatch(/^Files\n {2}absent {2,}Nothing at a path/);
    expect(stdout).toMatch(/^ {2}service {2,}A service that runs and is started at boot/m);
    expect(code).toBe(0);
  });

  it("shows one task's options and an example", async () => {
    const { stdout } = await weft(["tasks", "service"]);
    expect(stdout).toMatch(/^ {2}running\?: boolean\n {6}Default: true\.$/m);
    expect(stdout).toMatch(/^ {2}import \{ service \} from "weft\/tasks\/service";$/m);
  });

  it("gives tools all that is known", async () => {
    const { stdout } = await weft(["tasks", "service", "--output", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      name: "service",
      module: "weft/tasks/service",
      options: [{ name: "unit", required: true }, { name: "running", default: "true" }, {}],
    });
    const all = await weft(["tasks", "-o", "json"]);
    expect(JSON.parse(all.stdout).length).toBeGreaterThan(40);
  });

  it("says which task may have been meant", async () => {
    const { stderr, code } = await weft(["tasks", "servce"]);
    expect(stderr).toMatch(/^error: there is no task "servce"\. Did you mean "service"\?/);
    expect(code).toBe(1);
  });
});
