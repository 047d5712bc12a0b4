import { describe, expect, it } from "vitest";
import { tunnelName } from "../../../tasks/ovs/tunnels.ts";
import { peersOf, vxlanMesh } from "../../../tasks/vxlan-mesh.ts";
import { answer } from "./answer.ts";

const mesh = vxlanMesh({
  bridge: "vxbr",
  localIp: "192.168.56.105",
  peers: [
    { name: "lab-2", address: "192.168.56.106" },
    { name: "lab-3", address: "192.168.56.107" },
  ],
  vni: 42,
});

interface PortRow {
  readonly name: string;
  readonly peer?: string;
  readonly protected?: boolean;
  readonly options?: Record<string, string>;
  readonly error?: string;
  readonly type?: string;
}

const tunnel = (number: number, more: Partial<PortRow> = {}): PortRow => ({
  name: `vx42-lab-${number}`,
  peer: `lab-${number}`,
  protected: true,
  type: "vxlan",
  options: { key: "42", local_ip: "192.168.56.105", remote_ip: `192.168.56.${104 + number}` },
  ...more,
});

// As `ovs-vsctl --format=json` of Open vSwitch 3.1.0 prints the three tables.
const ovs = (ports: readonly PortRow[]) => {
  const entries = (it: object) => ["map", Object.entries(it)];
  const table = (headings: string[], data: unknown[]) => JSON.stringify({ data, headings });
  return answer(
    [
      table(["name", "ports"], [["vxbr", ["set", ports.map(({ name }) => ["uuid", `p-${name}`])]]]),
      table(
        ["_uuid", "name", "protected", "external_ids", "interfaces"],
        ports.map(({ name, peer, protected: split = false }) => [
          ["uuid", `p-${name}`],
          name,
          split,
          entries(peer === undefined ? {} : { weft_peer: peer }),
          ["uuid", `i-${name}`],
        ]),
      ),
      table(
        ["_uuid", "name", "type", "options", "error"],
        ports.map(({ name, type = "", options = {}, error }) => [
          ["uuid", `i-${name}`],
          name,
          type,
          entries(options),
          error ?? ["set", []],
        ]),
      ),
      "ovs=0\n",
    ].join("\n"),
  );
};

const planned = (ports: readonly PortRow[]) => mesh.plan(mesh.probe.parse(ovs(ports)));

describe("vxlanMesh", () => {
  it("adds every tunnel, protected from the start, in one transaction", () => {
    const [change, ...others] = mesh.plan(mesh.probe.parse(answer("ovs=absent\n")));
    expect(others).toEqual([]);
    expect(change?.summary).toBe("add tunnels to lab-2, lab-3");
    expect(change?.command.script).toBe(
      'ovs-vsctl --timeout=60 -- --may-exist add-port vxbr vx42-lab-2 -- set Port vx42-lab-2 protected=true \'external_ids:weft_peer="lab-2"\' -- set Interface vx42-lab-2 type=vxlan \'options={key="42",local_ip="192.168.56.105",remote_ip="192.168.56.106"}\' -- --may-exist add-port vxbr vx42-lab-3 -- set Port vx42-lab-3 protected=true \'external_ids:weft_peer="lab-3"\' -- set Interface vx42-lab-3 type=vxlan \'options={key="42",local_ip="192.168.56.105",remote_ip="192.168.56.107"}\'',
    );
    expect(change?.diff?.after).toBe(
      "vx42-lab-2: vxlan 42 192.168.56.105 -> 192.168.56.106 protected\nvx42-lab-3: vxlan 42 192.168.56.105 -> 192.168.56.107 protected\n",
    );
  });

  it("has nothing to do on a bridge that is as declared, whatever else is on it", () => {
    expect(planned([tunnel(2), tunnel(3), { name: "eth7" }])).toEqual([]);
  });

  it.each([
    ["an unprotected port", tunnel(3, { protected: false })],
    ["another peer's address", tunnel(3, { options: { key: "42", remote_ip: "192.168.56.99" } })],
    [
      "an option that nobody declared",
      tunnel(3, {
        options: {
          key: "42",
          local_ip: "192.168.56.105",
          remote_ip: "192.168.56.107",
          csum: "true",
        },
      }),
    ],
    ["another type", tunnel(3, { type: "gre" })],
    ["a port of that name without weft's mark", { ...tunnel(3), peer: "" }],
  ])("mends %s, and that one only", (_, port) => {
    const [change] = planned([tunnel(2), port]);
    expect(change?.summary).toBe("mend tunnels to lab-3");
    expect(change?.command.script).not.toContain("lab-2");
  });

  it("removes tunnels to hosts that are no longer listed, and no ports of others", () => {
    const [change] = planned([
      tunnel(2),
      tunnel(3),
      tunnel(4),
      { name: "vx9", type: "vxlan", options: { remote_ip: "192.168.56.9" } },
    ]);
    expect(change?.summary).toBe("remove tunnels to lab-4");
    expect(change?.command.script).toBe(
      "ovs-vsctl --timeout=60 -- --if-exists del-port vxbr vx42-lab-4",
    );
  });

  it("says what Open vSwitch says of a tunnel that it cannot set up", () => {
    expect(() =>
      planned([tunnel(2), tunnel(3, { error: "could not add network device" })]),
    ).toThrow("vx42-lab-3: could not add network device");
  });
});

describe("tunnelName", () => {
  it.each([
    [42, "lab-2", "vx42-lab-2"],
    [16777215, "h1", "vx16777215-h1"],
    [42, "a-host-with-a-long-name", /^vx-[0-9a-f]{12}$/],
    [42, "ho/st", /^vx-[0-9a-f]{12}$/],
  ])("of network %i and peer %s fits an interface's name", (vni, peer, name) => {
    expect(tunnelName(vni, peer)).toMatch(name);
    expect(tunnelName(vni, peer).length).toBeLessThanOrEqual(15);
  });
});

it("a host's peers are all others of the inventory", () => {
  const host = (name: string) => ({ name, vars: { underlay: { address: `ip of ${name}` } } });
  expect(peersOf("b", ["a", "b", "c"].map(host))).toEqual([
    { name: "a", address: "ip of a" },
    { name: "c", address: "ip of c" },
  ]);
});
