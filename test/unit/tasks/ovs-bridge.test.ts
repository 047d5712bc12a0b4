import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { sh } from "weft";
import { ovsBridge } from "../../../tasks/ovs-bridge.ts";
import { answer, summaries } from "./answer.ts";
import { fakeProgram, runHere, scratchFolder, shells } from "./on-this-machine.ts";

const bridge = ovsBridge({ name: "vxbr", host: "lab-1", mtu: 1450 });
const mac = "02:8f:1a:e9:04:bd";

const rows = (datapath: string, mtu: number, error = '["set",[]]') =>
  `{"data":[["${datapath}","standalone",["map",[["hwaddr","${mac}"]]]]],"headings":["datapath_type","fail_mode","other_config"]}
{"data":[[${mtu},["map",[]],${error}]],"headings":["mtu_request","external_ids","error"]}
ovs=0
`;

const fresh = "datapath=netdev\novs=absent\nunit=systemd\n";

// The unit as the plan for a fresh host writes it.
const unitOf = (datapath: string): string => {
  const changes = bridge.plan(bridge.probe.parse(answer(fresh.replace("netdev", datapath))));
  const text = changes.find(({ diff }) => diff?.subject.endsWith(".service"))?.diff?.after ?? "";
  return `unit=systemd\nunit=enabled\n${text.replace(/^/gm, "unit|").replace(/unit\|$/, "")}`;
};

const planned = (stdout: string) => summaries(bridge.plan(bridge.probe.parse(answer(stdout))));

describe("ovsBridge", () => {
  it("makes a bridge on a fresh host, with the datapath that it has", () => {
    const changes = bridge.plan(bridge.probe.parse(answer(fresh)));
    expect(summaries(changes)).toEqual([
      "add bridge vxbr",
      "bring vxbr up",
      "have the kernel compute checksums on vxbr",
      "write /etc/systemd/system/weft-bridge-vxbr.service",
      "enable weft-bridge-vxbr.service",
    ]);
    expect(changes[0]?.command.script).toBe(
      `ovs-vsctl --timeout=60 --may-exist add-br vxbr -- set Bridge vxbr datapath_type=netdev fail_mode=standalone 'other_config:hwaddr="${mac}"' -- set Interface vxbr mtu_request=1450`,
    );
  });

  it("is started as often as Open vSwitch, also by EL7's systemd", () => {
    expect(unitOf("netdev")).toMatch(
      /^unit\|\[Service\]\n(unit\|#.*\n)?unit\|StartLimitInterval=0$/m,
    );
  });

  it.each([["netdev"], ["system"]])("has nothing to do on a bridge as declared: %s", (datapath) => {
    expect(
      planned(
        `datapath=${datapath}\n${rows(datapath, 1450)}up=1\ntx-checksumming: off\n${unitOf(datapath)}`,
      ),
    ).toEqual([]);
  });

  it.each([
    ["another MTU", rows("netdev", 1500), "up=1\ntx-checksumming: off\n", ["mend bridge vxbr"]],
    [
      "another datapath",
      rows("system", 1450),
      "up=1\ntx-checksumming: off\n",
      ["mend bridge vxbr"],
    ],
    [
      "a port that is down",
      rows("netdev", 1450),
      "up=0\ntx-checksumming: off\n",
      ["bring vxbr up"],
    ],
    [
      "checksums left to the hardware",
      rows("netdev", 1450),
      "up=1\ntx-checksumming: on\n",
      ["have the kernel compute checksums on vxbr"],
    ],
  ])("mends %s", (_, tables, port, summary) => {
    expect(planned(`datapath=netdev\n${tables}${port}${unitOf("netdev")}`)).toEqual(summary);
  });

  describe("on Open vSwitch before 2.6, which cannot be asked for an MTU", () => {
    const old = (mark: string) =>
      `datapath=netdev
mtu_request=unknown
{"data":[["netdev","standalone",["map",[["hwaddr","${mac}"]]]]],"headings":["datapath_type","fail_mode","other_config"]}
{"data":[[["map",[${mark}]],["set",[]]]],"headings":["external_ids","error"]}
ovs=0
up=1
tx-checksumming: off
`;
    const fresh = "datapath=netdev\nmtu_request=unknown\novs=0\nunit=systemd\n";
    const changes = bridge.plan(bridge.probe.parse(answer(fresh)));
    const text = changes.find(({ diff }) => diff?.subject.endsWith(".service"))?.diff?.after ?? "";
    const unit = `unit=systemd\nunit=enabled\n${text.replace(/^/gm, "unit|").replace(/unit\|$/, "")}`;

    it("gives the device its own, now and whenever it is made anew", () => {
      expect(changes[0]?.command.script).toMatch(
        /-- set Interface vxbr external_ids:weft_mtu=1450 && ip link set dev vxbr mtu 1450 up$/,
      );
      expect(changes[1]?.command.script).toBe("ip link set dev vxbr mtu 1450 up");
      expect(text).toContain("until ip link set dev vxbr mtu 1450 up 2>/dev/null;");
    });

    it.each([
      ["has nothing to do where it was given it", '["weft_mtu","1450"]', []],
      ["mends another one", '["weft_mtu","1400"]', ["mend bridge vxbr"]],
      ["mends a bridge that has none", "", ["mend bridge vxbr"]],
    ])("%s", (_, mark, expected) => {
      expect(planned(`${old(mark)}${unit}`)).toEqual(expected);
    });

    it.each(shells)("asks for no column that it does not have, in $name", ({ shell }) => {
      const bin = scratchFolder(onTestFinished);
      const asked = join(bin, "asked");
      fakeProgram(
        bin,
        "ovs-vsctl",
        `case "$*" in *mtu_request*) echo 'ovs-vsctl: Interface does not contain a column whose name matches "mtu_request"' >&2; exit 1 ;; esac
echo "$*" >>${asked}`,
      );
      const command = sh`PATH=${bin}:$PATH; ${bridge.probe.command}`;
      const { stdout } = runHere(command, shell);
      expect(stdout).toMatch(/^mtu_request=unknown$/m);
      expect(readFileSync(asked, "utf8")).toMatch(
        / --columns=external_ids,error find Interface name=vxbr$/m,
      );
    });
  });

  it("leaves checksums to the kernel's datapath", () => {
    const up = "up=1\ntx-checksumming: on\n";
    expect(planned(`datapath=system\n${rows("system", 1450)}${up}${unitOf("system")}`)).toEqual([]);
  });

  it("says what Open vSwitch says of a bridge that it cannot set up", () => {
    const stdout = `datapath=system\n${rows("system", 1450, '"could not open network device vxbr"')}up=0\nunit=systemd\n`;
    expect(() => planned(stdout)).toThrow("could not open network device vxbr");
  });

  it("refuses a name that a unit file cannot hold", () => {
    expect(() => ovsBridge({ name: "vx br", host: "a", mtu: 1450 })).toThrow('"vx br"');
  });

  it("refuses an answer without a datapath", () => {
    expect(() => bridge.probe.parse(answer(""))).toThrow();
  });
});
