import { describe, expect, it } from "vitest";
import type { Container, MeshVars } from "../../../inventory/contract.ts";
import { outsideOf, portProblems } from "../../../inventory/outside.ts";
import { stateText } from "../../../tasks/nic/declared.ts";

const box = (name: string, more: Partial<Container> = {}): Container => ({
  name,
  image: "nginx",
  command: [],
  network: "none",
  ports: [],
  nics: [{ name: "eth0", address: "10.1.2.11/24", bridge: "vxbr" }],
  ...more,
});

const vars = (
  containers: Container[],
  gateway: string | undefined = "10.1.2.251/24",
): MeshVars => ({
  underlay: { address: "192.168.56.105", prefix: 24, interface: "eth0", mtu: 1500 },
  datapath: "auto",
  bridge: "vxbr",
  vni: 42,
  networks: [],
  tunnels: "ports",
  keepPackages: false,
  gateway,
  containers,
});

const ports: Container["ports"] = [{ host: 8080, container: 80, protocol: "tcp" }];

describe("outsideOf", () => {
  it("is what the host's state file says of gateway, routes and ports", () => {
    const declared = outsideOf(
      vars([box("a1", { ports }), box("a2", { network: "bridge" }), box("a3")]),
    );
    expect(
      stateText([], [], declared)
        .split("\n")
        .filter((line) => !line.startsWith("#")),
    ).toEqual([
      "gateway vxbr 10.1.2.251 10.1.2.0/24",
      "route a1 eth0 10.1.2.251",
      "route a3 eth0 10.1.2.251",
      "publish tcp 8080 10.1.2.11:80",
      "",
    ]);
  });

  it("leaves NICs in VLANs and on other bridges alone", () => {
    const nics = [
      { name: "eth0", address: "10.1.2.11/24", bridge: "vxbr", vlan: 7 },
      { name: "eth1", address: "10.9.0.1/24", bridge: "other" },
    ];
    expect(outsideOf(vars([box("a1", { nics })]))?.routes).toEqual([]);
  });

  it("is nothing without a gateway", () => {
    expect(outsideOf({ ...vars([box("a1")]), gateway: undefined })).toBeUndefined();
  });
});

describe("portProblems", () => {
  const found = (it: MeshVars) => portProblems("lab-1", it).map(({ message }) => message);

  it("finds none where a container has a fixed address behind a gateway", () => {
    expect(found(vars([box("a1", { ports })]))).toEqual([]);
  });

  it.each([
    ["a gateway of its host", { ...vars([box("a1", { ports })]), gateway: undefined }],
    ['network: "none"', vars([box("a1", { ports, network: "bridge" })])],
    [
      "a NIC with a fixed address",
      vars([box("a1", { ports, nics: [{ name: "eth0", address: "dhcp", bridge: "vxbr" }] })]),
    ],
    ["duplicate port tcp 8080: a1 has it", vars([box("a1", { ports }), box("a2", { ports })])],
  ])("says what it takes: %s", (words, it) => {
    expect(found(it)).toEqual([expect.stringContaining(words)]);
  });
});
