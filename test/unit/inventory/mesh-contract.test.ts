import { describe, expect, it } from "vitest";
import { contract } from "../../../inventory/contract.ts";
import type { Contract } from "../../../src/inventory/contract.ts";
import type { InventoryDefinition } from "../../../src/inventory/inventory.ts";
import { resolveInventory } from "../../../src/inventory/resolve.ts";

const box = (name: string, address: string, more: object = {}) => ({
  name,
  image: "busybox",
  nics: [{ name: "eth0", address }],
  ...more,
});

const host = (last: number, ...containers: object[]) => ({
  underlay: { address: `192.168.56.${last}` },
  containers,
});

const dhcp = (from = "10.1.2.100", to = "10.1.2.199") => ({
  a: { address: "10.1.2.1/24", range: { from, to } },
});

const resolve = (mesh: Record<string, unknown>, server: Record<string, unknown> = dhcp()) =>
  resolveInventory(
    {
      kind: "weft-inventory",
      hosts: { a: { address: "a" }, b: { address: "b" } },
      groups: { mesh, dhcp: server } as InventoryDefinition["groups"],
    },
    contract as unknown as Contract,
    "inv.ts",
  );

describe("the mesh's contract", () => {
  it("fills in what most networks have", () => {
    const { groups } = resolve({ a: host(1, box("x1", "10.1.2.11/24")) });
    expect(groups.get("mesh")?.[0]?.vars).toMatchObject({
      bridge: "vxbr",
      datapath: "auto",
      vni: 42,
      networks: [],
      underlay: { interface: "eth0", prefix: 24, mtu: 1500 },
      containers: [{ network: "none", nics: [{ bridge: "vxbr" }] }],
    });
  });

  it.each([
    [
      "a bad CIDR",
      { a: host(1, box("x1", "10.1.2.300/24")) },
      "a, mesh.containers.0.nics.0.address: expected an IPv4 address with its prefix, such as 10.1.2.31/24",
    ],
    [
      "an address without prefix",
      { a: host(1, box("x1", "10.1.2.3")) },
      "mesh.containers.0.nics.0.address: expected",
    ],
    [
      "a missing archive",
      { a: host(1, box("x1", "dhcp", { archive: "/none.tar" })) },
      "mesh.containers.0.archive: no such file: /none.tar",
    ],
    [
      "a long interface name",
      { a: host(1, box("x1", "dhcp", { nics: [{ name: "a-very-long-name", address: "dhcp" }] })) },
      "mesh.containers.0.nics.0.name: expected an interface name",
    ],
    [
      "an underlay address twice",
      { a: host(1), b: host(1) },
      "host b, mesh.underlay.address: duplicate underlay address 192.168.56.1: a has it at mesh.underlay.address",
    ],
    [
      "a NIC address twice",
      { a: host(1, box("x1", "10.1.2.11/24")), b: host(2, box("y1", "10.1.2.11/24")) },
      "host b, mesh.containers.0.nics.0.address: duplicate address 10.1.2.11: a has it",
    ],
    [
      "a container name twice",
      { a: host(1, box("x1", "dhcp")), b: host(2, box("x1", "dhcp")) },
      "host b, mesh.containers.0.name: duplicate container name x1",
    ],
    [
      "the DHCP server's address taken",
      { a: host(1, box("x1", "10.1.2.1/24")) },
      "duplicate address 10.1.2.1",
    ],
    [
      "an address in the DHCP range",
      { a: host(1, box("x1", "10.1.2.150/24")) },
      "10.1.2.150 lies in the DHCP range 10.1.2.100 to 10.1.2.199 of a",
    ],
    [
      "a lease in a VLAN",
      { a: host(1, box("x1", "dhcp", { nics: [{ name: "eth0", address: "dhcp", vlan: 7 }] })) },
      "mesh.containers.0.nics.0.address: expected an address such as 10.1.2.31/24: no DHCP server answers in a VLAN",
    ],
    [
      "a bridge for two networks",
      { a: { ...host(1), networks: [{ bridge: "vxbr", vni: 50 }] } },
      "host a, mesh.networks.0: duplicate bridge vxbr: a has it at mesh",
    ],
    [
      "a VNI twice",
      { a: { ...host(1), networks: [{ bridge: "vxbr2", vni: 42 }] } },
      "host a, mesh.networks.0: duplicate VNI 42: a has it at mesh",
    ],
    [
      "a misspelt variable",
      { a: { ...host(1), vin: 7 } },
      'mesh.vin: unknown variable. Did you mean "vni"?',
    ],
  ])("refuses %s", (_, mesh, message) => {
    expect(() => resolve(mesh)).toThrow(message);
  });

  it.each([
    [dhcp("10.1.3.100"), "dhcp.range: 10.1.3.100 is not in 10.1.2.1/24"],
    [dhcp("10.1.2.199", "10.1.2.100"), "dhcp.range: from 10.1.2.199 is after to 10.1.2.100"],
  ])("refuses a range that cannot be served: %#", (server, message) => {
    expect(() => resolve({ a: host(1) }, server)).toThrow(message);
  });

  const second = { networks: [{ bridge: "vxbr2", vni: 50 }] };
  const inSecond = (address: string) => ({ nics: [{ name: "eth0", address, bridge: "vxbr2" }] });

  it("lets networks have the same addresses", () => {
    const one = { ...host(1, box("x1", "10.1.2.150/24", inSecond("10.1.2.150/24"))), ...second };
    const other = { ...host(2, box("y1", "10.1.2.11/24", inSecond("10.1.2.1/24"))), ...second };
    expect(() => resolve({ a: one, b: other })).not.toThrow();
    const twice = { ...host(2, box("y1", "", inSecond("10.1.2.150/24"))), ...second };
    expect(() => resolve({ a: one, b: twice })).toThrow("duplicate address 10.1.2.150");
  });

  it("has a DHCP server serve the network of its bridge", () => {
    const server = { a: { ...dhcp().a, bridge: "vxbr2" } };
    const taken = { ...host(1, box("x1", "", inSecond("10.1.2.150/24"))), ...second };
    expect(() => resolve({ a: taken }, server)).toThrow("10.1.2.150 lies in the DHCP range");
    expect(() => resolve({ a: host(1, box("x1", "10.1.2.150/24")) }, server)).toThrow(
      "host a, dhcp.bridge: a has no network on vxbr2: it has vxbr",
    );
  });
});
