import { describe, expect, test } from "vitest";
import * as z from "zod";
import { parseSshArguments } from "../../../src/inventory/ansible/ssh-arguments.ts";
import { defineContract } from "../../../src/inventory/contract.ts";
import { inventory } from "../../../src/inventory/inventory.ts";
import { listedVars } from "../../../src/inventory/listing.ts";
import { resolveInventory, resolveLayers } from "../../../src/inventory/resolve.ts";
import type { Connection } from "../../../src/ssh/transport.ts";

const contract = defineContract({ web: z.object({}) });
const resolve = (connection: Connection) =>
  resolveInventory(
    inventory(contract, { hosts: { one: connection }, groups: {} }),
    contract,
    "hosts.ts",
  );

describe("a typed connection", () => {
  test("may tell the way to the host", () => {
    const connection: Connection = {
      address: "2001:db8::1",
      port: 0,
      proxyJump: "a,b",
      forwardAgent: true,
      connection: "ssh",
    };
    expect(resolve(connection).hosts).toEqual([{ name: "one", connection }]);
  });

  test.each([
    [{ proxyJump: "" }, "proxyJump"],
    [{ proxyCommand: 1 }, "proxyCommand"],
    [{ forwardAgent: "yes" }, "forwardAgent"],
    [{ connection: "winrm" }, "connection"],
    [{ port: 65_536 }, "port"],
    [{ proxyjump: "a" }, "proxyjump"],
  ])("%j is refused by name", (more, field) => {
    expect(() => resolve({ address: "a", ...more } as Connection)).toThrow(field);
  });

  test("of a later inventory names another way, of either kind", () => {
    const layer = (connection: Connection) => ({
      kind: "typed" as const,
      file: "hosts.ts",
      definition: inventory(contract, { hosts: { one: connection }, groups: {} }),
    });
    const [one] = resolveLayers(
      [
        layer({ address: "a", user: "me", proxyCommand: "nc %h %p" }),
        layer({ address: "a", proxyJump: "b" }),
      ],
      contract,
    ).hosts;
    expect(one?.connection).toEqual({ address: "a", user: "me", proxyJump: "b" });
  });

  test("is told in Ansible's words, which mean the same when they are read", () => {
    const connection: Connection = {
      address: "one",
      proxyCommand: `sh -c 'exec "nc"  %h %p'`,
      forwardAgent: true,
    };
    const vars = listedVars(
      {
        groups: new Map(),
        layer: { kind: "hosts", file: "none", hosts: new Map(), groups: new Map(), warnings: [] },
        inventory: resolve(connection),
        hosts: ["one"],
        typedGroups: [],
        typedHosts: new Set(["one"]),
        showSecrets: false,
      },
      "one",
    ) as { ansible_ssh_common_args: string };
    const { connection: read, refused } = parseSshArguments(vars.ansible_ssh_common_args);
    expect(refused).toEqual([]);
    expect({ address: "one", ...read }).toEqual(connection);
  });
});

describe("a port in arguments of ssh", () => {
  test.each(["-p 22x", "-o Port=70000", "-o Port="])("%s is refused", (text) => {
    expect(parseSshArguments(text)).toEqual({ connection: {}, refused: [text] });
  });

  test("is taken where it is one", () => {
    expect(parseSshArguments("-p 2222").connection).toEqual({ port: 2222 });
  });
});
