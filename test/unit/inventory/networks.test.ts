import { expect, it } from "vitest";
import type { DhcpVars, MeshVars } from "../../../inventory/contract.ts";
import { membersOf, networksOf, rangeOf } from "../../../inventory/networks.ts";

const host = (name: string, networks: MeshVars["networks"] = []) => ({
  name,
  vars: {
    underlay: { address: "192.0.2.1", prefix: 24, interface: "eth0", mtu: 1500 },
    datapath: "auto" as const,
    bridge: "vxbr",
    vni: 42,
    networks,
    tunnels: "ports" as const,
    containers: [],
    keepPackages: false,
  },
});
const hosts = [host("a"), host("b", [{ bridge: "other", vni: 50 }])];

const server = (name: string, from: string, bridge?: string) => ({
  name,
  vars: { bridge, address: "10.1.2.1/24", range: { from, to: from }, leaseTime: 60 } as DhcpVars,
});

it("has a host's networks, the first one first", () => {
  expect(hosts.map(({ vars }) => networksOf(vars).map(({ vni }) => vni))).toEqual([[42], [42, 50]]);
});

it("knows the hosts of a network, each with its bridge for it", () => {
  const members = (vni: number) =>
    membersOf(vni, hosts).map(({ name, vars }) => `${name} ${vars.bridge}`);
  expect(members(42)).toEqual(["a vxbr", "b vxbr"]);
  expect(members(50)).toEqual(["b other"]);
});

it("finds what is leased in a network", () => {
  const servers = [server("b", "10.1.3.100", "other"), server("a", "10.1.2.100")];
  expect(rangeOf(42, hosts, servers)?.from).toBe("10.1.2.100");
  expect(rangeOf(50, hosts, servers)?.from).toBe("10.1.3.100");
  expect(rangeOf(50, hosts, servers.slice(1))).toBeUndefined();
});
