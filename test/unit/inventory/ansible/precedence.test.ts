import { describe, expect, it } from "vitest";
import { groupsOf, loadFiles, valuesOf } from "../../../support/ansible-files.ts";

/** Who may set `v`, the weakest first: the order of Ansible's guide, "Using variables". */
const LADDER: readonly (readonly [who: string, file: string, text: string])[] = [
  ["all in the inventory", "inv/hosts", "[all:vars]\nv='all in the inventory'\n"],
  ["parent in the inventory", "inv/hosts", "[parent:vars]\nv='parent in the inventory'\n"],
  ["child in the inventory", "inv/hosts", "[child:vars]\nv='child in the inventory'\n"],
  ["group_vars/all", "inv/group_vars/all.yml", "v: group_vars/all\n"],
  ["playbook's group_vars/all", "play/group_vars/all", "v: playbook's group_vars/all\n"],
  ["group_vars/parent", "inv/group_vars/parent.yaml", "v: group_vars/parent\n"],
  ["group_vars/child", "inv/group_vars/child/x.yml", "v: group_vars/child\n"],
  ["playbook's group_vars/parent", "play/group_vars/parent", "v: playbook's group_vars/parent\n"],
  ["host in the inventory", "inv/hosts", "[child]\nh v='host in the inventory'\n"],
  ["host_vars/h", "inv/host_vars/h.json", '{"v": "host_vars/h"}'],
  ["playbook's host_vars/h", "play/host_vars/h", "v: playbook's host_vars/h\n"],
];

describe("a variable", () => {
  it.each(LADDER.map(([who], index) => [who, index] as const))(
    "of %s wins over all before",
    async (who, index) => {
      const files: Record<string, string> = {
        "inv/hosts": "[parent:children]\nchild\n[child]\nh\n",
      };
      for (const [, file, text] of LADDER.slice(0, index + 1)) {
        files[file] = (files[file] ?? "") + text;
      }
      const loaded = await loadFiles(files, ["inv/hosts"], "play");
      expect(valuesOf(loaded, "h").v).toBe(who);
    },
  );

  it.each([
    ["by name among groups of one depth", "", "z"],
    ["by priority before that", "ansible_group_priority=2\n", "a"],
  ])("wins %s", async (_, priority, winner) => {
    const ini = `[z]\nh\n[a]\nh\n[z:vars]\nv=z\n[a:vars]\nv=a\n${priority}`;
    expect(valuesOf(await loadFiles({ ini }), "h").v).toBe(winner);
  });

  it("of a later inventory wins, and its groups hold hosts of the earlier", async () => {
    const loaded = await loadFiles(
      {
        "one/hosts": "[g]\na v=1 only=1\n",
        "two/hosts.yml": "g: {hosts: {b: }, vars: {w: 2}}\nall: {hosts: {a: {v: 2}}}\n",
        "two/group_vars/g.yml": "w: 3",
      },
      ["one/hosts", "two/hosts.yml"],
    );
    expect(groupsOf(loaded).g).toBe("a b");
    expect(valuesOf(loaded, "a")).toEqual({ v: 2, only: 1, w: 3 });
  });

  it("is told with its file", async () => {
    const { layer } = await loadFiles({ hosts: "h", "host_vars/h.yml": "a: 1" }, ["hosts"]);
    expect(layer.hosts.get("h")?.vars.get("a")).toEqual({ value: 1, file: "host_vars/h.yml" });
  });
});

describe("files of variables", () => {
  it("in a folder are read by name, without hidden ones and backups", async () => {
    const loaded = await loadFiles(
      {
        hosts: "[g]\nh",
        "group_vars/g/20.yml": "v: 20",
        "group_vars/g/10.yml": "{v: 10, w: 10}",
        "group_vars/g/deep/30.json": '{"v": 30}',
        "group_vars/g/.hidden.yml": "v: hidden",
        "group_vars/g/40.yml~": "v: backup",
        "group_vars/g/50.txt": "v: text",
        "group_vars/g.yml": "v: passed over for the folder",
      },
      ["hosts"],
    );
    expect(valuesOf(loaded, "h")).toEqual({ v: 30, w: 10 });
  });

  it.each([
    ["- a", "group_vars/g.yml: expected a mapping of variables"],
    ["a: [", "group_vars/g.yml:1:5: "],
  ])("are refused: %j", async (text, message) => {
    const files = { hosts: "[g]\nh", "group_vars/g.yml": text };
    await expect(loadFiles(files, ["hosts"])).rejects.toThrow(message);
  });
});

describe("a source", () => {
  it("may be a folder, read in the order of names", async () => {
    const loaded = await loadFiles(
      {
        "inv/10-ini": "[g]\na v=1\n",
        "inv/20.yml": "g: {hosts: {a: {v: 2}}}",
        "inv/30": '{"g": {"hosts": {"b": null}}}',
        "inv/notes.txt": "no inventory",
        "inv/passed-over.ini": "[g]\nc\n",
        "inv/group_vars/g.yml": "w: 1",
        "inv/sub/more": "d",
      },
      ["inv"],
    );
    expect(groupsOf(loaded)).toEqual({ all: "d a b", ungrouped: "d", g: "a b" });
    expect(valuesOf(loaded, "a")).toEqual({ v: 2, w: 1 });
  });

  it.each<[Readonly<Record<string, string>>, string, string]>([
    [{ "inv/notes.txt": "" }, "inv", "inv: the folder holds no inventory"],
    [{ "h.toml": "" }, "h.toml", "h.toml: inventories in TOML are not supported"],
  ])("is refused: %j", async (files, name, message) => {
    await expect(loadFiles(files, [name])).rejects.toThrow(message);
  });
});

describe("an encrypted value", () => {
  const vault = "$ANSIBLE_VAULT;1.1;AES256\n  6231";
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ["of a host", { "h.yml": `all: {hosts: {a: {pw: !vault "${vault}"}}}` }, "h.yml: host a, pw"],
    [
      "inside another",
      { "h.yml": `g: {vars: {x: [{pw: !vault "${vault}"}]}}` },
      "h.yml: group g, x",
    ],
    [
      "in host_vars",
      { "h.yml": "all: {hosts: {a: }}", "host_vars/a.yml": `pw: !vault |\n  ${vault}\n` },
      "host_vars/a.yml: host a, pw",
    ],
    [
      "as a whole file",
      { "h.yml": "g: {hosts: {a: }}", "group_vars/g.yml": vault },
      "group_vars/g.yml",
    ],
    ["as the inventory", { "h.yml": vault }, "h.yml"],
    [
      "from a script",
      { "h.yml": `#!/bin/sh\necho '{"g": {"vars": {"pw": {"__ansible_vault": "x"}}}}'` },
      "h.yml: group g, pw",
    ],
  ])("%s is refused", async (_, files, where) => {
    await expect(loadFiles(files, ["h.yml"])).rejects.toThrow(
      `${where} is encrypted with ansible-vault, which weft does not decrypt`,
    );
  });
});
