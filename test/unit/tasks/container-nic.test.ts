import { describe, expect, it } from "vitest";
import { containerNic } from "../../../tasks/container-nic.ts";
import { answer, summaries } from "./answer.ts";

const nic = (address: string) =>
  containerNic({ container: "a1", nic: { name: "eth0", address, bridge: "vxbr" }, mtu: 1450 });
const fixed = nic("10.1.2.11/24");
const leased = nic("dhcp");

const id = "b78e97f605663bae46d7456290679cd6df7f3172fe558eda628191484dfe0a0d";

interface State {
  container?: string;
  link?: string;
  addresses?: readonly string[];
  offload?: string;
  client?: boolean;
  veth?: string;
  datapath?: string;
  port?: string;
  process?: string;
  error?: string;
}

// As the lab's hosts answer.
const host = ({
  container = `container ${id} 407:528262`,
  link = "2: eth0@if9: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP group default qlen 1000\n    link/ether 02:ac:0b:dc:44:c3 brd ff:ff:ff:ff:ff:ff link-netnsid 0",
  addresses = ["10.1.2.11/24"],
  offload = "off",
  client = false,
  veth = "veth 9 2 1450 1 256",
  datapath = "netdev",
  port = '[["uuid","p"],["set",[]]]',
  process = "407:528262",
  error = '["set",[]]',
}: State = {}) =>
  answer(
    [
      container,
      link,
      ...addresses.map(
        (it) =>
          `    inet ${it} brd 10.1.2.255 scope global eth0\n       valid_lft forever preferred_lft forever`,
      ),
      `tx-checksumming: ${offload}`,
      ...(client ? ["client"] : []),
      veth,
      `{"data":[["${datapath}",["set",[["uuid","o"],["uuid","p"]]]]],"headings":["datapath_type","ports"]}`,
      `{"data":[${port}],"headings":["_uuid","tag"]}`,
      `{"data":[[["map",[["container_id","${id}"],["container_iface","eth0"],["weft_container","a1"],["weft_process","${process}"]]],${error}]],"headings":["external_ids","error"]}`,
      "ovs=0\n",
    ].join("\n"),
  );

const planned = (state: State, task = fixed) => summaries(task.plan(task.probe.parse(host(state))));

describe("containerNic", () => {
  it("has nothing to do on a NIC as declared", () => {
    expect(planned({})).toEqual([]);
    expect(planned({ client: true, addresses: ["10.1.2.100/24"] }, leased)).toEqual([]);
  });

  it("knows a NIC's ends on an old kernel, which tells the other end's number to ethtool alone", () => {
    const link =
      "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc pfifo_fast state UP qlen 1000\n    link/ether 02:ac:0b:dc:44:c3 brd ff:ff:ff:ff:ff:ff";
    const on = (veth: string) => planned({ link, veth });
    expect(on("veth 9 9 1450 1 256\npeer 2")).toEqual([]);
    expect(on("veth 9 9 1450 1 256\npeer 3")).toEqual(["attach a1 eth0 to vxbr"]);
    expect(on("veth 9 2 1450 1 256")).toEqual(["attach a1 eth0 to vxbr"]);
  });

  it.each([
    ["has no container yet", answer("ovs=absent\n")],
    ["has no Docker yet", answer("ovs=absent\n", "")],
    ["has a stopped container", answer("ovs=0\n", "Error: No such container: a1\n")],
  ])("attaches on a host that %s; the script there refuses what is still so", (_, result) => {
    const changes = fixed.plan(fixed.probe.parse(result));
    expect(summaries(changes)).toEqual(["attach a1 eth0 to vxbr"]);
    expect(changes[0]?.command.script).toBe(
      "/usr/local/libexec/weft/nic attach a1 eth0 wvac0bdc44c3d2 vxbr 1450 02:ac:0b:dc:44:c3 10.1.2.11/24 -",
    );
  });

  it.each([
    ["the container has started anew and has no NIC", { link: "", addresses: [], veth: "" }],
    ["the NIC inside belongs to another veth", { veth: "veth 12 2 1450 1 256" }],
    ["the host's end belongs to another NIC", { veth: "veth 9 7 1450 1 256" }],
  ])("attaches anew where %s", (_, state) => {
    expect(planned(state)).toEqual(["attach a1 eth0 to vxbr"]);
  });

  it.each([
    ["not on vxbr", { port: "" }],
    ["not on vxbr", { port: '[["uuid","elsewhere"],["set",[]]]' }],
    ["VLAN 7, not none", { port: '[["uuid","p"],7]' }],
    ["Open vSwitch does not listen to it", { veth: "veth 9 2 1450 1 0" }],
    ["the port is another container's", { process: "300:1" }],
    ["Open vSwitch says: could not open", { error: '"could not open"' }],
    ["MTU 1500, not 1450", { veth: "veth 9 2 1500 1 256" }],
    ["down", { veth: "veth 9 2 1450 0 256" }],
    ["leaves checksums out", { offload: "on" }],
    ["address 10.1.2.99/24, not 10.1.2.11/24", { addresses: ["10.1.2.99/24"] }],
    ["address none, not 10.1.2.11/24", { addresses: [] }],
    ["has a DHCP client", { client: true }],
  ])("mends in place: %s", (words, state) => {
    expect(planned(state)).toEqual([`mend a1 eth0: ${words}`]);
  });

  it.each([
    ["no DHCP client", { client: false }],
    ["0 addresses", { client: true, addresses: [] }],
  ])("mends a leased NIC: %s", (words, state) => {
    expect(planned(state, leased)).toEqual([`mend a1 eth0: ${words}`]);
  });

  it("keeps a NIC to its VLAN", () => {
    const tagged = containerNic({
      container: "a1",
      nic: { name: "eth0", address: "10.1.2.11/24", bridge: "vxbr", vlan: 7 },
      mtu: 1450,
    });
    expect(planned({ port: '[["uuid","p"],7]' }, tagged)).toEqual([]);
    expect(planned({}, tagged)).toEqual(["mend a1 eth0: VLAN none, not 7"]);
    expect(tagged.plan(tagged.probe.parse(host()))[0]?.command.script).toMatch(/ 7$/);
  });

  it("leaves checksums to the kernel's datapath", () => {
    expect(planned({ offload: "on", datapath: "" })).toEqual([]);
  });

  it("refuses what Docker says when it cannot tell", () => {
    const result = answer(
      "ovs=0\n",
      "permission denied while trying to connect to the Docker daemon socket\n",
    );
    expect(() => fixed.probe.parse(result)).toThrow("permission denied");
  });
});
