import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { observe } from "../../../../tasks/network/observe.ts";
import { answer } from "../answer.ts";

// What a host of the lab said after a run of playbooks/mesh.ts.
const recorded = readFileSync(
  new URL("../../../support/network-of-lab-2.txt", import.meta.url),
  "utf8",
);

describe("what a host says of its network", () => {
  const host = observe("vxbr").parse(answer(recorded));

  it("has versions and the host's own addresses", () => {
    expect(host).toMatchObject({ openvswitch: "3.1.0", docker: "20.10.24+dfsg1" });
    expect(host.addresses).toContainEqual({ interface: "br-phy", address: "192.168.56.106/24" });
    expect(host.servesDhcp).toBe(false);
  });

  it("has bridges and the tunnels on them", () => {
    expect(host.bridges).toContainEqual({ name: "vxbr", datapath: "netdev", mtu: 1450 });
    expect(host.tunnels.map(({ peer }) => peer).sort()).toEqual(["lab-1", "lab-3"]);
    expect(host.tunnels.find(({ peer }) => peer === "lab-1")).toMatchObject({
      port: "vx42-lab-1",
      bridge: "vxbr",
      type: "vxlan",
      vni: "42",
      localIp: "192.168.56.106",
      remoteIp: "192.168.56.105",
      isProtected: true,
      error: "",
    });
  });

  it("has containers with their NICs, and who is whose port", () => {
    const box = host.containers.find(({ name }) => name === "b1");
    expect(box).toMatchObject({ isRunning: true, image: "weft/busybox:1" });
    const eth1 = box?.nics.find(({ name }) => name === "eth1");
    expect(eth1).toMatchObject({ mtu: 1450, isUp: true, addresses: ["10.1.2.21/24"] });
    const eth0 = box?.nics.find(({ name }) => name === "eth0");
    expect(host.masters.get(eth0?.peerIndex ?? 0)).toBe("docker0");
    expect(box?.routes).toEqual([`default via ${box?.gateway} dev eth0`]);
    expect([eth1?.offload, eth0?.offload]).toEqual([false, true]);
    expect(host.ports.find(({ container }) => container === "b1")).toMatchObject({
      nic: "eth1",
      bridge: "vxbr",
      process: box?.process,
    });
  });

  it("has the client of a leased address, in its container's namespace", () => {
    const box = host.containers.find(({ name }) => name === "b2");
    expect(host.clients.map(({ namespace }) => namespace)).toEqual([box?.namespace]);
    expect(host.clients[0]?.expires).toMatch(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d$/);
  });

  it.each([
    ["takes tunnels for kept apart while their flows are there", "flows=current\n", true],
    ["takes tunnels for a loop once their flows are gone", "", false],
  ])("%s, where Open vSwitch has no protected ports", (_, flows, isProtected) => {
    const { tunnels } = observe("vxbr").parse(
      answer(`kernel=2.6.32
horizon=flows
${flows}{"data":[["2.5.10"]],"headings":["ovs_version"]}
{"data":[["vxbr-tun","netdev",["uuid","p"]]],"headings":["name","datapath_type","ports"]}
{"data":[[["uuid","p"],"vx42-lab-1",["map",[["weft_peer","lab-1"]]],["uuid","i"]]],"headings":["_uuid","name","external_ids","interfaces"]}
{"data":[[["uuid","i"],"vx42-lab-1","vxlan",["map",[["key","42"]]]]],"headings":["_uuid","name","type","options"]}
ovs=0
`),
    );
    expect(tunnels).toMatchObject([{ port: "vx42-lab-1", bridge: "vxbr-tun", isProtected }]);
  });

  it("is read on a fresh host, which has neither Docker nor Open vSwitch", () => {
    const fresh = observe("vxbr").parse(answer("os=CentOS 7\nkernel=3.10.0\novs=absent\n"));
    expect(fresh).toMatchObject({ openvswitch: undefined, docker: undefined, containers: [] });
  });

  it("is refused where it is no answer", () => {
    expect(() => observe("vxbr").parse(answer("sh: not found\n"))).toThrow("cannot be read");
  });
});
