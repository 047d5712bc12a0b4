import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../../src/inventory/ansible/yaml-document.ts";
import { groupsOf, loadFiles, valuesOf } from "../../../support/ansible-files.ts";

const load = (yaml: string) => loadFiles({ "hosts.yml": yaml });

describe("a YAML inventory", () => {
  it("has hosts, groups, children and variables", async () => {
    const loaded = await load(`
all:
  hosts:
    mail:
  vars: {top: 1}
  children:
    web:
      hosts:
        web[1:2]: {port: 80}
        web-a:2022:
    db:
      children:
        shard: {hosts: one, vars: {size: small}}
      vars: {size: big}
`);
    expect(groupsOf(loaded)).toEqual({
      all: "mail web1 web2 web-a one",
      ungrouped: "mail",
      web: "web1 web2 web-a",
      db: "one",
      shard: "one",
    });
    expect(valuesOf(loaded, "web-a")).toEqual({ ansible_port: 2022, top: 1 });
    expect(valuesOf(loaded, "one")).toEqual({ size: "small", top: 1 });
  });

  it("says what it skips", async () => {
    const { model } = await load("web: {hosts: {a: }, varz: {x: 1}}");
    expect(model.warnings).toEqual([
      "hosts.yml: group web, varz: skipped, a group has hosts, children and vars",
    ]);
  });

  it.each([
    ["web: {hosts: [a, b]}", "hosts.yml: group web, hosts: expected a mapping, found a list"],
    ["- a", "hosts.yml: expected a mapping of groups at the top, found a list"],
    ["", "hosts.yml: expected a mapping of groups at the top, found nothing"],
    ["web: 3", "hosts.yml: group web: expected hosts, children and vars, found a number"],
    ["web: {hosts: {a: 3}}", "hosts.yml: host a: expected a mapping of variables or nothing"],
    ["web: {hosts: {'a[1:]': }}", "hosts.yml: host range must specify end value"],
    [
      "a: {children: {b: {children: {a: }}}}",
      'hosts.yml: group "b" as a child of "a" makes a loop',
    ],
    ["web:\n  hosts: {\n", "hosts.yml:3:1: "],
    ["plugin: aws_ec2", "hosts.yml: this configures an inventory plugin of Ansible (aws_ec2)"],
  ])("is refused: %j", async (yaml, message) => {
    await expect(load(yaml)).rejects.toThrow(message);
  });
});

// Each as PyYAML 6 has it.
describe("a plain word in YAML", () => {
  it.each<[string, unknown]>([
    ["yes", true],
    ["Off", false],
    ["y", "y"],
    ["tRue", "tRue"],
    ["~", null],
    ["", null],
    ["0644", 420],
    ["08", "08"],
    ["0o17", "0o17"],
    ["0x1F", 31],
    ["0b11", 3],
    ["-3", -3],
    ["1_000", 1000],
    ["12:30", 750],
    ["1:30.5", 90.5],
    ["1e3", "1e3"],
    ["1.5e+3", 1500],
    [".5", 0.5],
    ["1.10", 1.1],
    ["1.2.3", "1.2.3"],
    ["2001-12-14", "2001-12-14"],
    ["'80'", "80"],
    ["!unsafe '{{ x }}'", "{{ x }}"],
    ["!unsafe [a]", ["a"]],
    ["{<<: {a: 1, b: 2}, b: 3}", { a: 1, b: 3 }],
    ["{a: 1, a: 2}", { a: 2 }],
  ])("%s", (text, value) => {
    expect(parseYaml(`v: ${text}`, "f.yml")).toEqual({ v: value });
  });

  it("of an unknown tag is refused", () => {
    expect(() => parseYaml("a:\n  - !env HOME", "f.yml")).toThrow(
      "f.yml:2:5: Unresolved tag: !env",
    );
  });
});
