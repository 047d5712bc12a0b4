import { describe, expect, it } from "vitest";
import { bootFile, digestOf } from "../../../tasks/dhcp-server/boot.ts";
import { configText } from "../../../tasks/dhcp-server/config.ts";
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
  config: marked("config", configText(options)),
  boot: marked("boot", bootFile("systemd", options).text),
  started: `started=${digestOf(options)}`,
  address:
    "4: vxbr    inet 10.1.2.1/24 scope global vxbr\\       valid_lft forever preferred_lft forever",
  follows: "switch=yes",
  service,
};
const plan = (state: Partial<typeof converged>, wanted = options) =>
  changesOf(dhcpServer(wanted), 1, answer(Object.values({ ...converged, ...state }).join("\n")));

describe("dhcpServer", () => {
  it("serves the range, with a lease time and without routers", () => {
    expect(configText(options)).toBe(`# Written by weft: the next run takes changes back.
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
      before: configText(options),
      after: configText({ ...options, leaseTime: 60 }),
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

  it("names the releases without ISC DHCP where no package is on offer", () => {
    expect(() => changesOf(dhcpServer(options), 0, answer(""))).toThrow(/dhcp-server or dhcp/);
  });

  it("refuses a bridge name that would break out of the unit file", () => {
    expect(() => dhcpServer({ ...options, bridge: "a'b" })).toThrow(/cannot be/);
  });
});
