import { describe, expect, it } from "vitest";
import { InventoryModel } from "../../../../src/inventory/ansible/model.ts";
import { readScript } from "../../../../src/inventory/ansible/script.ts";
import { loadFiles, valuesOf } from "../../../support/ansible-files.ts";

const read = async (answers: Readonly<Record<string, unknown>>) => {
  const model = new InventoryModel();
  const asked: string[] = [];
  const run = async (args: readonly string[]) => {
    asked.push(args.join(" "));
    const answer = answers[args.join(" ")];
    return typeof answer === "string" ? answer : JSON.stringify(answer);
  };
  await readScript(run, "dyn", model);
  model.reconcile();
  return { model, asked };
};

describe("an inventory script", () => {
  it("answers --list with groups and _meta", async () => {
    const { model, asked } = await read({
      "--list": {
        web: { hosts: ["a", "b"], vars: { port: 80 }, children: ["kid"] },
        kid: ["c"],
        solo: { size: 1 },
        _meta: { hostvars: { a: { x: [1] }, ghost: { x: 2 } } },
      },
    });
    expect(asked).toEqual(["--list"]);
    expect(model.members("web")).toEqual(["a", "b", "c"]);
    expect(model.members("solo")).toEqual(["solo"]);
    expect([...model.hosts.keys()]).toEqual(["a", "b", "c", "solo"]);
    expect(model.hostVars("a").get("x")).toEqual({ value: [1], file: "dyn" });
    expect(model.groupVars("web").get("port")?.value).toBe(80);
  });

  it("is asked host by host where it has no _meta", async () => {
    const { model, asked } = await read({
      "--list": { web: ["a", "b"] },
      "--host a": { x: 1 },
      "--host b": "\n",
    });
    expect(asked).toEqual(["--list", "--host a", "--host b"]);
    expect(model.hostVars("a").get("x")?.value).toBe(1);
  });

  it.each<[unknown, string]>([
    ["no json", "dyn: --list printed no JSON"],
    [[1], "dyn: --list must print a JSON object"],
    [{ web: { hosts: "a" } }, "dyn: group web, hosts: expected a list of names"],
    [{ web: { hosts: [1] } }, "dyn: group web, hosts: expected a list of names"],
    [{ web: { vars: [] } }, "dyn: group web, vars: expected an object"],
    [{ web: { children: ["web"] } }, 'dyn: group "web" cannot be its own child'],
    [{ web: ["a"], _meta: { hostvars: { a: 1 } } }, "dyn: host a: expected an object"],
  ])("is refused: %j", async (answer, message) => {
    await expect(read({ "--list": answer })).rejects.toThrow(message);
  });

  it("is run as a program", async () => {
    const loaded = await loadFiles({
      dyn: `#!/bin/sh\n[ "$1" = --list ] && echo '{"g": {"hosts": ["h"]}, "_meta": {"hostvars": {"h": {"n": 1}}}}'\n`,
    });
    expect(valuesOf(loaded, "h")).toEqual({ n: 1 });
  });

  it("that fails says so, with what it printed", async () => {
    const files = { dyn: "#!/bin/sh\necho no such cloud >&2\nexit 3\n" };
    await expect(loadFiles(files)).rejects.toThrow(
      "inventory script dyn --list failed: exit code 3\nno such cloud",
    );
  });
});
