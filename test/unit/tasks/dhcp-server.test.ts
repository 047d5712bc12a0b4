import { describe, expect, it } from "vitest";
import { bootFile, digestOf } from "../../../tasks/dhcp-server/boot.ts";
import { isc, kea } from "../../../tasks/dhcp-server/program.ts";
import { dhcpServer } from "../../../tasks/dhcp-server.ts";
import { answer, changesOf, summaries } from "./answer.ts";

const options = {
  bridge: "vxbr",
  address: "10.1.2.1/24",
  range: { from: "10.1.2.100", to: "10.1.2.199" },
  leaseTime: 3600,
};
const service = "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n";
const marked = (mark: string, text: string) => text.trimEnd().replace(/^/gm, `${mark}|`);

const converged = {
  program: "program=isc",
  config: marked("config", isc.configText(options)),
  boot: marked("boot", bootFile("systemd", isc, options).text),
  started: `started=${digestOf(isc, options)}`,
  address:
    "4: vxbr    inet 10.1.2.1/24 scope global vxbr\\       valid_lft forever preferred_lft forever",
  follows: "switch=yes",
  service,
};
const plan = (state: Partial<typeof converged>, wanted = options) =>
  changesOf(dhcpServer(wanted), 1, answer(Object.values({ ...converged, ...state }).join("\n")));

describe("dhcpServer", () => {
  it("serves the range, with a lease time and without routers", () => {
    expect(isc.configText(options)).toBe(`# Written by weft: the next run takes changes back.
authoritative;
default-lease-time 3600;
max-lease-time 3600;

# No routers: a container's default route stays where it is, on docker0.
subnet 10.1.2.0 netmask 255.255.255.0 {
  range 10.1.2.100 10.1.2.199;
}
`);
  });

  it.each([
    ["converged", {}, []],
    ["stopped", { service: service.replace("=active", "=failed") }, ["start dhcpd on vxbr"]],
    ["the address gone", { address: "" }, ["restart dhcpd on vxbr"]],
    ["started with something else", { started: "started=0" }, ["restart dhcpd on vxbr"]],
    ["left behind by Open vSwitch", { follows: "" }, ["start dhcpd whenever Open vSwitch starts"]],
    ["disabled", { service: service.replace("=enabled", "=disabled") }, ["enable dhcpd"]],
    [
      "a fresh host",
      {
        config: "",
        boot: "",
        started: "",
        address: "",
        follows: "",
        service: "LoadState=not-found\nActiveState=inactive\nUnitFileState=\n",
      },
      [
        "write /etc/dhcp/dhcpd.conf",
        "write /etc/systemd/system/dhcpd.service.d/weft.conf",
        "start dhcpd whenever Open vSwitch starts",
        "enable dhcpd",
        "start dhcpd on vxbr",
      ],
    ],
    [
      "a release with SysV",
      { boot: "", service: "status=3\nenabled=no\n" },
      ["write /etc/sysconfig/dhcpd", "enable dhcpd", "start dhcpd on vxbr"],
    ],
  ])("plans: %s", (_, state, expected) => {
    expect(summaries(plan(state))).toEqual(expected);
  });

  it("shows what changes in the configuration, and tests it before it is in place", () => {
    const [write] = plan({}, { ...options, leaseTime: 60 });
    expect(write?.diff).toEqual({
      subject: "/etc/dhcp/dhcpd.conf",
      before: isc.configText(options),
      after: isc.configText({ ...options, leaseTime: 60 }),
    });
    expect(write?.command.script).toMatch(/dhcpd -t -cf \/etc\/dhcp\/\.dhcpd\.conf\.weft\n} && mv/);
  });

  it("takes the old address from the bridge before it writes the new one", () => {
    const changes = plan({}, { ...options, address: "10.1.2.2/24" });
    expect(summaries(changes)).toEqual([
      "write /etc/systemd/system/dhcpd.service.d/weft.conf",
      "restart dhcpd on vxbr",
    ]);
    expect(changes[0]?.command.script).toMatch(/systemctl stop dhcpd.service[\s\S]*mv -f/);
  });

  it("names what it looked for where no package is on offer", () => {
    expect(() => changesOf(dhcpServer(options), 0, answer(""))).toThrow(
      /dhcp-server, dhcp, or kea/,
    );
  });

  describe("with Kea, on EL10", () => {
    const config = JSON.parse(kea.configText(options).replace(/^\/\/.*/, ""));

    it("serves the same range, with a lease time and without routers", () => {
      expect(config.Dhcp4).toMatchObject({
        "interfaces-config": { interfaces: ["vxbr"] },
        "valid-lifetime": 3600,
        subnet4: [{ subnet: "10.1.2.0/24", pools: [{ pool: "10.1.2.100 - 10.1.2.199" }] }],
      });
      expect(JSON.stringify(config)).not.toContain("routers");
    });

    it("plans its own unit and files on a fresh host", () => {
      const fresh = {
        program: "program=kea",
        config: "",
        boot: "",
        started: "",
        address: "",
        follows: "",
        service: "LoadState=not-found\nActiveState=inactive\nUnitFileState=\n",
      };
      expect(summaries(plan(fresh))).toEqual([
        "write /etc/kea/kea-dhcp4.conf",
        "write /etc/systemd/system/kea-dhcp4.service.d/weft.conf",
        "start kea-dhcp4 whenever Open vSwitch starts",
        "enable kea-dhcp4",
        "start kea-dhcp4 on vxbr",
      ]);
    });

    it("gives the bridge its address as root, which the unit's user is not", () => {
      expect(bootFile("systemd", kea, options).text).toContain(
        "ExecStartPre=+/bin/sh -c 'ip address replace 10.1.2.1/24 dev vxbr'\n",
      );
    });
  });

  it("refuses a bridge name that would break out of the unit file", () => {
    expect(() => dhcpServer({ ...options, bridge: "a'b" })).toThrow(/cannot be/);
  });
});
