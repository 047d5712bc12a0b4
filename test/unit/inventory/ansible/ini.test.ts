import { describe, expect, it } from "vitest";
import { groupsOf, loadFiles, valuesOf } from "../../../support/ansible-files.ts";

const load = (ini: string) => loadFiles({ hosts: ini });

describe("an INI inventory", () => {
  it("has hosts, groups, children and variables", async () => {
    const loaded = await load(`
# a comment
; another
alone ansible_port=2200
[web]   # the front
web[01:02].example.com  port=80 tags="['a', 'b']"
[prod:children]
web
db
[prod:vars]
env = production
limit = 10   # a comment
[db]
db-1:2222
`);
    expect(groupsOf(loaded)).toEqual({
      all: "alone web01.example.com web02.example.com db-1",
      ungrouped: "alone",
      web: "web01.example.com web02.example.com",
      prod: "web01.example.com web02.example.com db-1",
      db: "db-1",
    });
    expect(valuesOf(loaded, "web02.example.com")).toEqual({
      port: 80,
      tags: ["a", "b"],
      env: "production",
      limit: 10,
    });
    expect(valuesOf(loaded, "db-1")).toEqual({ ansible_port: 2222, env: "production", limit: 10 });
  });

  it("keeps a host out of ungrouped once it has a group", async () => {
    const loaded = await load("a\nb\n[g]\na\n");
    expect(groupsOf(loaded)).toEqual({ all: "b a", ungrouped: "b", g: "a" });
  });

  it("puts children in the order in which they are defined", async () => {
    const { model } = await load("[p:children]\nlate\nearly\n[early]\na\n[late]\nb\n");
    expect([...(model.groups.get("p")?.children ?? [])]).toEqual(["early", "late"]);
  });

  it.each([
    ["[web\nhost]x y", "hosts:2: expected key=value behind the host, got: y"],
    ["[web vars]", "hosts:1: [web vars] is no section"],
    ["[web:hosts]\n[web:var]", "hosts:2: [web:var]: expected [web:children] or [web:vars]"],
    ["[web:vars]\na=1", "hosts:1: [web:vars] of a group that is not defined: web"],
    ["[a:children]\nb", "hosts:2: [a:children] names a group that is not defined: b"],
    ["[a:vars]\nno value\n[a]", "hosts:2: expected key=value, got: no value"],
    ["[a:children]\nb c", "hosts:2: expected a group's name, got: b c"],
    ["[a:children]\nb\n[b:children]\na", 'hosts:4: group "a" as a child of "b" makes a loop'],
    ["[a:children]\na", 'hosts:2: group "a" cannot be its own child'],
    ["web a='x", "hosts:1: No closing quotation"],
    ["\nweb[1:]", "hosts:2: host range must specify end value"],
    ["[g]\n---", 'hosts:2: "---" begins a YAML file'],
    [
      "[g:vars]\nansible_group_priority=high\n[g]",
      "ansible_group_priority: expected a whole number",
    ],
  ])("is refused with file and line: %j", async (ini, message) => {
    await expect(load(ini)).rejects.toThrow(message);
  });
});
