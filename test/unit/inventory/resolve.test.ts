import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type Contract, defineContract } from "../../../src/inventory/contract.ts";
import type { InventoryDefinition } from "../../../src/inventory/inventory.ts";
import { matchHosts } from "../../../src/inventory/pattern.ts";
import { resolveInventory } from "../../../src/inventory/resolve.ts";

const contract = defineContract(
  {
    web: z.object({
      port: z.number().int(),
      workers: z.number().default(4),
      sites: z.array(z.object({ name: z.string(), tls: z.boolean().default(false) })).default([]),
    }),
    db: z.object({ size: z.number() }),
  },
  ({ web }) =>
    web
      .filter(({ vars }) => vars.port === 666)
      .map(({ name }) => ({ host: name, field: "web.port", message: "666 is taken" })),
) as unknown as Contract;

const definition = (groups: InventoryDefinition["groups"]): InventoryDefinition => ({
  kind: "weft-inventory",
  hosts: Object.fromEntries(["w1", "w2", "w3", "d1"].map((name) => [name, { address: name }])),
  groups,
});

const resolve = (groups: InventoryDefinition["groups"]) =>
  resolveInventory(definition(groups), contract, "inv.ts");

describe("an inventory", () => {
  it("gets its defaults from the contract", () => {
    expect(resolve({ web: { w1: { port: 80 } } }).groups.get("web")).toEqual([
      { name: "w1", vars: { port: 80, workers: 4, sites: [] } },
    ]);
  });

  it.each([
    [
      { web: { w1: {} } },
      "inv.ts: host w1, web.port: Invalid input: expected number, received undefined",
    ],
    [
      { web: { w1: { port: "80" } } },
      "inv.ts: host w1, web.port: Invalid input: expected number, received string",
    ],
    [
      { web: { w1: { port: 80, worker: 2 } } },
      'inv.ts: host w1, web.worker: unknown variable. Did you mean "workers"? Known: port, workers, sites.',
    ],
    [
      { web: { w1: { port: 80, sites: [{ name: "a", tsl: true }] } } },
      'inv.ts: host w1, web.sites.0.tsl: unknown variable. Did you mean "tls"? Known: name, tls.',
    ],
    [{ wbe: {} }, 'inv.ts: unknown group "wbe". Did you mean "web"? The contract has: web, db.'],
    [{ web: { w9: { port: 80 } } }, 'inv.ts: host w9, web: no such host. Did you mean "w1"?'],
    [{ web: { w1: { port: 666 } } }, "inv.ts: host w1, web.port: 666 is taken"],
  ])("is refused with file, host and field: %j", (groups, message) => {
    expect(() => resolve(groups)).toThrow(message);
  });

  it("tells all faults at once", () => {
    expect(() => resolve({ web: { w1: {} }, db: { d1: {} } })).toThrow(
      /w1, web\.port.*\n.*d1, db\.size/,
    );
  });

  it("needs hosts", () => {
    expect(() =>
      resolveInventory({ kind: "weft-inventory", hosts: {}, groups: {} }, contract, "inv.ts"),
    ).toThrow("inv.ts: the inventory has no hosts");
  });

  it("refuses a connection that it does not understand", () => {
    expect(() =>
      resolveInventory(
        {
          kind: "weft-inventory",
          hosts: { w1: { address: "w1", prot: 22 } as never },
          groups: {},
        },
        contract,
        "inv.ts",
      ),
    ).toThrow("inv.ts: host w1, hosts");
  });
});

describe("a host pattern", () => {
  const full = resolve({
    web: { w1: { port: 1 }, w2: { port: 2 }, w3: { port: 3 } },
    db: { d1: { size: 1 }, w3: { size: 1 } },
  });

  it.each([
    ["all", "w1 w2 w3 d1"],
    ["web", "w1 w2 w3"],
    ["web:db", "w1 w2 w3 d1"],
    ["web,d1", "w1 w2 w3 d1"],
    ["web:&db", "w3"],
    ["web:!db", "w1 w2"],
    ["!db", "w1 w2"],
    ["w*:!w2", "w1 w3"],
    ["w?", "w1 w2 w3"],
    ["~^[wd]1$", "w1 d1"],
    ["~(?:w|d)1:!w1", "d1"],
    ["w[!1]", "w2 w3"],
    ["*[0:1]", "w1 w2"],
    ["web[0]", "w1"],
    ["web[-1]", "w3"],
    ["web[0:1]", "w1 w2"],
    ["web[1:]", "w2 w3"],
  ])("%s", (pattern, expected) => {
    expect(matchHosts(pattern, full).join(" ")).toBe(expected);
  });

  it.each([
    ["wbe", 'inv.ts has no host or group "wbe". Did you mean "web"?'],
    ["web:&d1", "matches no host"],
    ["~(", "no regular expression"],
    ["web[3]", 'host pattern "web[3]": web[3]: nothing is at [3] of 3 hosts'],
    ["web[-4]", "nothing is at [-4] of 3 hosts"],
    ["~1", "matches no host"],
  ])("%s is refused", (pattern, message) => {
    expect(() => matchHosts(pattern, full)).toThrow(message);
  });
});
