import { describe, expect, it, onTestFinished } from "vitest";
import { sh } from "weft";
import { stableMac } from "../../../tasks/nic/names.ts";
import { verifyBroadcast } from "../../../tasks/verify-broadcast.ts";
import { verifyLeases } from "../../../tasks/verify-leases.ts";
import { verifyPacketSize } from "../../../tasks/verify-packet-size.ts";
import { verifyPings } from "../../../tasks/verify-pings.ts";
import { answer } from "./answer.ts";
import { fakeProgram, runHere, scratchFolder, shells } from "./on-this-machine.ts";

const host = (
  name: string,
  ...containers: readonly (readonly [string, string, string, string])[]
) => ({
  name,
  vars: {
    bridge: "vxbr",
    underlay: { mtu: 1500 },
    containers: containers.map(([box, network, nic, address]) => ({
      name: box,
      network,
      nics: [{ name: nic, address, bridge: "vxbr" }],
    })),
  },
});

const hosts = [
  host("lab-1", ["a1", "none", "eth0", "10.1.2.11/24"], ["a2", "bridge", "eth1", "dhcp"]),
  host("lab-2", ["b1", "bridge", "eth1", "10.1.2.21/24"]),
];
const range = { from: "10.1.2.100", to: "10.1.2.199" };
const common = { host: "lab-1", hosts, range };

describe("verifyPings", () => {
  const task = verifyPings(common);
  const good =
    "ping a1 a2 0.302\nping a1 b1 0.571\nping a2 a1 0.2\nping a2 b1 1.81\nlease line of no interest\n";

  it("shows a row for each container of the host", () => {
    const now = task.probe.parse(answer(good));
    expect(task.plan(now)).toEqual([]);
    expect(task.report?.(now)).toBe(
      [
        "ms    a1    a2    b1",
        "a1        0.30  0.57",
        "a2  0.20        1.81",
        "4/4 pings answered",
      ].join("\n"),
    );
  });

  it.each(shells)("takes the address that answers for a container's: $name", ({ shell }) => {
    const bin = scratchFolder(onTestFinished);
    const mac = stableMac("b2", "eth0");
    fakeProgram(bin, "docker", "echo /a1 100");
    fakeProgram(bin, "nsenter", 'shift 3; exec "$@"');
    fakeProgram(bin, "arping", "exit 1");
    fakeProgram(
      bin,
      "ip",
      `case $* in *neighbour*) printf '10.1.2.%s lladdr ${mac} %s\\n' 101 REACHABLE 104 STALE 7 REACHABLE ;; esac`,
    );
    fakeProgram(
      bin,
      "ping",
      'for it in "$@"; do :; done; [ "$it" = 10.1.2.104 ] && echo "rtt min/avg = 0.31/0.4"',
    );
    const leased = [
      host("lab-1", ["a1", "none", "eth0", "10.1.2.11/24"]),
      host("lab-2", ["b2", "none", "eth0", "dhcp"]),
    ];
    const asking = verifyPings({ host: "lab-1", hosts: leased, range });
    const { command, parse } = asking.probe;
    const result = runHere(sh`PATH=${bin}:$PATH; ${command}`, shell);
    expect([...parse(result)]).toEqual([["a1 b2", 0.31]]);
  });

  it("tells who could not reach whom, and still shows the rest", () => {
    const now = task.probe.parse(
      answer(
        good
          .replace("ping a1 b1 0.571", "ping a1 b1 -")
          .replace("ping a1 a2 0.302", "unknown a1 a2")
          .replace("ping a2 b1 1.81", "ping a2 b1 duplicates"),
      ),
    );
    expect(() => task.plan(now)).toThrow(
      [
        "3 of 4 pings failed",
        "a1 on lab-1 -> a2 on lab-1: no address",
        "a1 on lab-1 -> b1 on lab-2: no answer",
        "a2 on lab-1 -> b1 on lab-2: duplicates",
      ].join("\n"),
    );
    expect(task.report?.(now)).toContain("no answer");
  });

  it.each([
    ["a tool that is missing", "missing arping\n", "missing on this host: arping"],
    ["a container that does not run", "stopped a2\nstopped a2\n", "not running on this host: a2"],
    ["a ping that nobody speaks of", "ping a1 a2 1\n", "nothing is known of the ping a1 b1"],
  ])("refuses %s", (_, stdout, message) => {
    expect(() => task.probe.parse(answer(stdout))).toThrow(message);
  });

  it("looks for leased addresses in the range, and only where there are any", () => {
    expect(task.probe.command.script).toContain("167838308 167838407");
    const fixed = verifyPings({ ...common, hosts: hosts.slice(1), host: "lab-2" });
    expect(fixed.probe.command.script).not.toContain("lookup");
  });
});

describe("containers of a VLAN", () => {
  const vlan = 7;
  const [first, second] = hosts;
  const tagged = [first, second].flatMap((it) =>
    it === undefined
      ? []
      : [
          {
            ...it,
            vars: {
              ...it.vars,
              containers: it.vars.containers.map((box) =>
                box.name === "a2"
                  ? box
                  : { ...box, nics: box.nics.map((nic) => ({ ...nic, vlan })) },
              ),
            },
          },
        ],
  );
  const some = { ...common, hosts: tagged };

  it("reach each other only, with room for their tag", () => {
    const { script } = verifyPacketSize(some).probe.command;
    expect(script).toContain("'a1 eth0 1446 b1 ");
    expect(script).not.toMatch(/'a2 |a2'/);
    const task = verifyPings(some);
    expect(task.report?.(task.probe.parse(answer("ping a1 b1 0.5\n")))).toContain(
      "1/1 pings answered",
    );
  });
});

describe("verifyPacketSize", () => {
  const task = verifyPacketSize(common);
  const planned = (stdout: string) => task.plan(task.probe.parse(answer(stdout)));

  it("tries the largest packet and one byte more to each other host", () => {
    expect(task.probe.command.script).toContain("'a1 eth0 1450 b1 ");
    expect(planned("size a1 b1 0 1\nsize a2 b1 0 2\n")).toEqual([]);
  });

  it.each([
    ["size a1 b1 1 1\nsize a2 b1 0 1\n", "a1 on lab-1 -> b1 on lab-2: 1450 bytes do not pass"],
    ["size a1 b1 0 0\nsize a2 b1 0 1\n", "a1 on lab-1 -> b1 on lab-2: 1451 bytes pass"],
    ["size a1 b1 0 1\n", "a2 on lab-1 -> b1 on lab-2: could not be tried"],
  ])("finds the fault in %j", (stdout, message) => {
    expect(() => planned(stdout)).toThrow(message);
  });
});

describe("verifyBroadcast", () => {
  const task = verifyBroadcast(common);
  const planned = (stdout: string) => task.plan(task.probe.parse(answer(stdout)));

  it("wants one reply to each broadcast", () => {
    expect(planned("replies a1 b1 2 2\nreplies a2 b1 2 2\n")).toEqual([]);
  });

  it.each([
    [
      "replies a1 b1 2 1\nreplies a2 b1 2 2\n",
      "a1 on lab-1 -> b1 on lab-2: 2 replies to 1 broadcasts",
    ],
    [
      "replies a1 b1 2 2\nreplies a2 b1 0 2\n",
      "a2 on lab-1 -> b1 on lab-2: 0 replies to 2 broadcasts",
    ],
    ["replies a1 b1 2 2\n", "a2 on lab-1 -> b1 on lab-2: could not be tried"],
  ])("finds the fault in %j", (stdout, message) => {
    expect(() => planned(stdout)).toThrow(message);
  });
});

describe("verifyLeases", () => {
  const task = verifyLeases(common);
  const a1 =
    "box a1 \naddress 2: eth0    inet 10.1.2.11/24 brd 10.1.2.255 scope global eth0\\       valid_lft forever\n";
  const address =
    "address 2: eth1    inet 10.1.2.100/24 brd 10.1.2.255 scope global eth1\\       valid_lft forever\n";
  const route = "route default via 172.17.0.1 dev eth0 \n";
  const a2 = `box a2 172.17.0.1\n${address}${route}client\n`;
  const planned = (stdout: string) => task.plan(task.probe.parse(answer(stdout)));

  it("is content with a lease, its client and the default route over docker0", () => {
    expect(planned(a1 + a2)).toEqual([]);
  });

  it.each([
    ["no address", a2.replace(address, ""), "a2 eth1 has no lease: no address"],
    [
      "an address outside the range",
      a2.replace("10.1.2.100/", "10.1.2.99/"),
      "a2 eth1 has no lease: 10.1.2.99",
    ],
    ["no client", a2.replace("client\n", ""), "a2 eth1 has no DHCP client"],
    ["no default route", a2.replace(route, ""), "a2 has lost its default route over docker0: none"],
    [
      "a default route over the mesh",
      a2.replace(route, "route default via 10.1.2.1 dev eth1 \n"),
      "a2 has lost its default route over docker0: default via 10.1.2.1 dev eth1",
    ],
    ["no container", "", "a2 is not running"],
  ])("finds %s", (_, rest, message) => {
    expect(() => planned(a1 + rest)).toThrow(message);
  });
});
