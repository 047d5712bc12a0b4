import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { script } from "../../../tasks/underlay/script.ts";
import { underlay } from "../../../tasks/underlay.ts";
import { answer, summaries } from "./answer.ts";

const task = underlay({ interface: "eth0", address: "192.168.56.105" });

const address = (device: string, cidr: string) =>
  `2: ${device}    inet ${cidr} brd 192.168.56.255 scope global ${device}\\       valid_lft forever preferred_lft forever\n`;
const strict = "rp_filter 0\nrp_filter 1\n";
const absent = "ovs=absent\n";
const port =
  '{"data":[["br-phy",["set",[["uuid","a"],["uuid","b"]]]]],"headings":["name","ports"]}\n{"data":[[["uuid","b"]]],"headings":["_uuid"]}\novs=0\n';

const fresh = `datapath=netdev\n${address("eth0", "192.168.56.105/24")}stray 192.168.56.0/24 proto kernel scope link src 192.168.56.105 \nrp_filter 0\nrp_filter 0\nunit=systemd\n${absent}`;

const unit = (): string => {
  const written = task.plan(task.probe.parse(answer(fresh)))[1]?.diff?.after ?? "";
  return `unit=systemd\nunit=enabled\n${written.replace(/^/gm, "unit|").replace(/unit\|$/, "")}`;
};

const digest = createHash("sha256").update(script).digest("hex");
const installed = () => `${digest}  /usr/local/libexec/weft/underlay\n${unit()}`;
const moved = `datapath=netdev\n${address("eth0", "192.168.56.105/32")}${address("br-phy", "192.168.56.105/24")}`;
const planned = (stdout: string) => summaries(task.plan(task.probe.parse(answer(stdout))));

describe("underlay", () => {
  it("moves the address on a fresh host, and says that the connection may go", () => {
    const changes = task.plan(task.probe.parse(answer(fresh)));
    expect(summaries(changes)).toEqual([
      "write /usr/local/libexec/weft/underlay",
      "write /etc/systemd/system/weft-underlay.service",
      "enable weft-underlay.service",
      "move 192.168.56.105 from eth0 to br-phy",
    ]);
    expect(changes.map(({ mayDisconnect }) => mayDisconnect ?? false)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it("has nothing to do with the kernel's datapath", () => {
    expect(planned("datapath=system\n")).toEqual([]);
  });

  it("has nothing to do once the address is moved", () => {
    expect(planned(`${moved}${strict}tx-checksumming: off\n${installed()}${port}`)).toEqual([]);
  });

  it.each([
    [
      "a route over the NIC",
      `${moved}stray default via 192.168.56.1 \n${strict}${port}`,
      "mend br-phy: routes still go over the NIC",
    ],
    [
      "an address that came back to the NIC",
      `${moved}${address("eth0", "192.168.56.105/24")}${strict}${port}`,
      "mend br-phy: 192.168.56.105/24 is on eth0",
    ],
    [
      "a NIC that takes in packets twice",
      `${moved}rp_filter 2\nrp_filter 1\n${port}`,
      "mend br-phy: the NIC takes in packets twice",
    ],
    [
      "a NIC that is no port",
      `${moved}${strict}{"data":[],"headings":["name","ports"]}\n{"data":[],"headings":["_uuid"]}\novs=0\n`,
      "mend br-phy: the NIC is no port of br-phy",
    ],
    [
      "checksums left out",
      `${moved}${strict}tx-checksumming: on\n${port}`,
      "mend br-phy: br-phy leaves checksums out",
    ],
  ])("mends %s", (_, state, summary) => {
    expect(planned(`${state}${installed()}`)).toEqual([summary]);
  });

  it("refuses a NIC without the address, and says what it has", () => {
    expect(() =>
      planned(`datapath=netdev\n${address("eth0", "192.168.56.9/24")}unit=systemd\n${absent}`),
    ).toThrow("eth0 does not have 192.168.56.105: it has 192.168.56.9/24");
  });

  it("writes an init script where there is no systemd", () => {
    expect(planned(fresh.replace("unit=systemd", "unit=sysv"))).toEqual([
      "write /usr/local/libexec/weft/underlay",
      "write /etc/init.d/weft-underlay",
      "enable weft-underlay",
      "move 192.168.56.105 from eth0 to br-phy",
    ]);
  });

  it("refuses a host with neither systemd nor chkconfig", () => {
    expect(() =>
      planned(`datapath=netdev\n${address("eth0", "192.168.56.105/24")}${absent}`),
    ).toThrow("systemd");
  });
});
