import { describe, expect, it } from "vitest";
import * as z from "zod";
import { readExtraVars } from "../../../src/inventory/ansible/extra-vars.ts";
import { loadSources, type Source } from "../../../src/inventory/ansible/load.ts";
import { type Contract, defineContract } from "../../../src/inventory/contract.ts";
import type { InventoryDefinition } from "../../../src/inventory/inventory.ts";
import type { Layer, TypedLayer } from "../../../src/inventory/layer.ts";
import { matchHosts } from "../../../src/inventory/pattern.ts";
import { resolveLayers } from "../../../src/inventory/resolve.ts";
import { loadFiles, writeFiles } from "../../support/ansible-files.ts";

const contract = defineContract({
  web: z.object({
    port: z.number().int().min(1),
    version: z.string().optional(),
    tls: z.boolean().default(false),
    aliases: z.array(z.string()).default([]),
    limits: z.object({ files: z.number() }).optional(),
    workers: z.number().default(4),
  }),
  db: z.object({ size: z.number() }),
}) as unknown as Contract;

const check = async (ini: string, extra: readonly string[] = []) => {
  const vars = await readExtraVars(extra);
  const { layer } = await loadFiles({ hosts: ini });
  return resolveLayers([layer], contract, extra.length > 0 ? vars : undefined);
};

const varsOf = (inventory: { groups: ReadonlyMap<string, readonly { vars: unknown }[]> }) =>
  inventory.groups.get("web")?.[0]?.vars;

describe("an Ansible inventory under a contract", () => {
  it.each<[string, unknown]>([
    ["port=80", { port: 80 }],
    ["port=80 version=3.10", { port: 80, version: "3.10" }],
    ["port=80 tls=yes", { port: 80, tls: true }],
    ["port=80 tls=False", { port: 80, tls: false }],
    ["port=80 tls=off", { port: 80, tls: false }],
    [`port=80 aliases="['a', 'b']"`, { port: 80, aliases: ["a", "b"] }],
    [`port=80 aliases='["a"]'`, { port: 80, aliases: ["a"] }],
    [`port=80 limits="{'files': 5}"`, { port: 80, limits: { files: 5 } }],
    ["port=80 unrelated=1 ansible_user=x", { port: 80 }],
  ])("gets its values typed by it: %s", async (vars, expected) => {
    const inventory = await check(`[web]\nw ${vars}\n`);
    expect(varsOf(inventory)).toEqual({
      tls: false,
      aliases: [],
      workers: 4,
      ...(expected as object),
    });
    expect(inventory.warnings).toBeUndefined();
  });

  it("reads past a comment behind a value of a group, as Ansible does", async () => {
    const ini = (vars: string) => `[web]\nw\n[web:vars]\n${vars}\n`;
    const { groups, hosts } = await check(
      ini(`port=80 # http
version=3.10 # not 3.1
tls=True # c
ansible_become=True # yes
ansible_port=2222 # our port
ansible_password=1234 # c
ansible_user=me # you`),
    );
    expect(varsOf({ groups })).toMatchObject({ port: 80, version: "3.10", tls: true });
    const [host] = hosts;
    expect(host?.refusals ?? []).toEqual([]);
    expect(host?.connection).toMatchObject({ become: true, port: 2222, user: "me # you" });
    expect(host?.connection.password?.reveal()).toBe("1234");
  });

  it.each([
    ["", "hosts: host w, web.port: Invalid input: expected number, received undefined"],
    ["prot=80", 'received undefined. Did you mean it by "prot"?'],
    ["port=abc", "hosts: host w, web.port: Invalid input: expected number, received string"],
    // Quotes inside the quotes say that a text is meant.
    ["port='\"80\"'", "web.port: Invalid input: expected number, received string"],
    ["port=0", "hosts: host w, web.port: Too small"],
    [`port=1 limits="{'file': 5}"`, 'web.limits.file: unknown variable. Did you mean "files"?'],
    [`port="{{ base + 1 }}"`, "web.port: is a Jinja template, which weft does not evaluate"],
  ])("is refused with file, host and field: %s", async (vars, message) => {
    await expect(check(`[web]\nw ${vars}\n`)).rejects.toThrow(message);
  });

  it("names the file that a value came from", async () => {
    const { layer } = await loadFiles({ hosts: "[web]\nw", "group_vars/web.yml": "port: '80'" }, [
      "hosts",
    ]);
    expect(() => resolveLayers([layer], contract)).toThrow(
      "group_vars/web.yml: host w, web.port: ",
    );
  });

  it("warns of what may be a misspelt variable", async () => {
    const inventory = await check("[web]\nw port=80 worker=2 wrokers=3 env=x\n");
    expect(inventory.warnings).toEqual([
      'hosts: host w, worker: unknown variable, ignored. Did you mean "workers" of the group web?',
    ]);
  });

  it("keeps groups that the contract does not know, for patterns", async () => {
    const inventory = await check(
      "alone\n[web]\nw1 port=1\nw2 port=2\n[eu]\nw2\n[world:children]\neu\n",
    );
    expect(matchHosts("web:&world", inventory)).toEqual(["w2"]);
    expect(matchHosts("ungrouped", inventory)).toEqual(["alone"]);
    expect(inventory.groups.get("db")).toEqual([]);
  });
});

const typed = (definition: Omit<InventoryDefinition, "kind">, file = "inv.ts"): TypedLayer => ({
  kind: "typed",
  file,
  definition: { kind: "weft-inventory", ...definition },
});

const withAnsible = async (
  sources: readonly (TypedLayer | string)[],
): Promise<readonly Layer[]> => {
  const files = Object.fromEntries(
    sources.flatMap((one, at) => (typeof one === "string" ? [[`${at}.ini`, one]] : [])),
  );
  const folder = writeFiles(files);
  const loadable = sources.map(
    (one, at): Source =>
      typeof one === "string"
        ? { kind: "file", path: `${folder.folder}/${at}.ini`, file: `${at}.ini` }
        : one,
  );
  const { layer } = await loadSources(loadable, { shown: (path) => path });
  folder.remove();
  const last = sources.findLastIndex((one) => typeof one === "string");
  return sources.flatMap((one, at): readonly Layer[] =>
    typeof one !== "string" ? [one] : at === last ? [layer] : [],
  );
};

describe("several inventories", () => {
  const one = typed({
    hosts: { w: { address: "192.0.2.1", user: "root", port: 2222 } },
    groups: { web: { w: { port: 80, workers: 8 } } },
  });

  it("of TypeScript are merged, later values win", () => {
    const two = typed(
      {
        hosts: { w: { address: "192.0.2.2" }, v: { address: "v" } },
        groups: { web: { w: { port: 81 }, v: { port: 1 } } },
      },
      "two.ts",
    );
    const inventory = resolveLayers([one, two], contract);
    expect(inventory.file).toBe("inv.ts, two.ts");
    expect(inventory.hosts).toEqual([
      { name: "w", connection: { address: "192.0.2.2", user: "root", port: 2222 } },
      { name: "v", connection: { address: "v" } },
    ]);
    expect(inventory.groups.get("web")).toMatchObject([
      { name: "w", vars: { port: 81, workers: 8 } },
      { name: "v", vars: { port: 1, workers: 4 } },
    ]);
  });

  it("may mix TypeScript and Ansible: the later wins, and its groups hold hosts of both", async () => {
    const ini = "w ansible_port=22\nx ansible_user=me\n[web:vars]\nport=443\n[web]\nx\n";
    const after = resolveLayers(await withAnsible([one, ini]), contract);
    expect(after.hosts).toEqual([
      { name: "w", connection: { address: "192.0.2.1", user: "root", port: 22 } },
      { name: "x", connection: { address: "x", user: "me" } },
    ]);
    expect(after.groups.get("web")).toMatchObject([
      { name: "w", vars: { port: 443, workers: 8 } },
      { name: "x", vars: { port: 443, workers: 4 } },
    ]);
    const before = resolveLayers(await withAnsible([ini, one]), contract);
    expect(before.hosts[0]?.connection.port).toBe(2222);
    expect(before.groups.get("web")).toMatchObject([
      { name: "x", vars: { port: 443 } },
      { name: "w", vars: { port: 80 } },
    ]);
  });
});

describe("-e", () => {
  const w = "[web]\nw port=80\n";

  it.each<[readonly string[], unknown]>([
    [["port=81"], { port: 81 }],
    [["port=81 tls=true"], { port: 81, tls: true }],
    [["version=3.10"], { version: "3.10" }],
    [["aliases=['a','b']"], { aliases: [] }],
    [[`aliases="['a', 'b']"`], { aliases: ["a", "b"] }],
    [['{"port": 82, "limits": {"files": 1}}'], { port: 82, limits: { files: 1 } }],
    [["port=81", "port=82"], { port: 82 }],
  ])("%j wins, typed by the contract", async (extra, expected) => {
    if (extra[0] === "aliases=['a','b']") {
      // The quotes are the shell's, as they are in Ansible.
      await expect(check(w, extra)).rejects.toThrow("-e: host w, web.aliases");
    } else expect(varsOf(await check(w, extra))).toMatchObject(expected as object);
  });

  it("wins over typed inventories too, connection variables included", async () => {
    const layer = typed({
      hosts: { w: { address: "a", user: "root" } },
      groups: { web: { w: { port: 80 } } },
    });
    const extra = await readExtraVars([
      "port=81 ansible_user=me ansible_ssh_common_args='-o ConnectTimeout=3'",
    ]);
    const inventory = resolveLayers([layer], contract, extra);
    expect(varsOf(inventory)).toMatchObject({ port: 81 });
    expect(inventory.hosts[0]?.connection).toEqual({
      address: "a",
      user: "me",
      connectTimeoutMs: 3000,
    });
  });

  it.each([
    ["prot=81", '-e prot: no group of the contract has such a variable. Did you mean "port"?'],
    ["port", "-e port: expected key=value, @FILE"],
    ["port='81", "-e port='81: No closing quotation"],
    ["port=abc", "-e: host w, web.port: Invalid input: expected number, received string"],
    ["@/nowhere.yml", "-e @/nowhere.yml: no such file"],
    ["[1]", "-e: expected a mapping of variables"],
  ])("%s is refused", async (extra, message) => {
    await expect(check(w, [extra])).rejects.toThrow(message);
  });

  it("reads a file, of which the contract need not know all", async () => {
    const folder = writeFiles({ "vars.yml": "port: 8080\nother: 1\n" });
    const inventory = await check(w, [`@${folder.folder}/vars.yml`]);
    folder.remove();
    expect(varsOf(inventory)).toMatchObject({ port: 8080 });
  });
});
