import { describe, expect, it } from "vitest";
import type { Answers } from "../../../../tasks/doctor/answers.ts";
import { diagnose, diagnosis } from "../../../../tasks/doctor/diagnosis.ts";
import type { MeshAnswers } from "../../../../tasks/doctor/mesh-answers.ts";
import { meshReport } from "../../../support/mesh-report.ts";

type Change = (now: Answers) => Partial<Answers>;

/** A mesh of three that is healthy but for what some hosts say; "silent" for a host that says nothing. */
const mesh = (changes: Readonly<Record<string, Change | "silent">> = {}): MeshAnswers => {
  const { mesh: hosts, reports } = meshReport(3);
  const answers = new Map<string, Answers>();
  for (const { name } of hosts) {
    const report = reports.get(name);
    if (report === undefined) continue;
    const healthy: Answers = {
      network: report.network,
      agent: { manager: "systemd", running: true, file: "enabled" },
      denials: { enforcing: false, hasLog: false, denials: [] },
      peers: new Set(hosts.map((host) => host.name).filter((peer) => peer !== name)),
      traffic: { pings: report.pings ?? new Map(), tooLarge: new Set() },
      holders: { others: [], wasAsked: true },
      offers: { servers: [], asker: "web" },
    };
    const change = changes[name];
    if (change !== "silent") answers.set(name, { ...healthy, ...change?.(healthy) });
  }
  return { hosts, server: undefined, answers };
};

/** "HOST: NAMES" of every host on which something is wrong. */
const found = (of: MeshAnswers): readonly string[] =>
  [...of.answers.keys()].flatMap((host) => {
    const names = diagnose(of, host).findings.map(({ what }) => what);
    return names.length === 0 ? [] : [`${host}: ${names.join(", ")}`];
  });

const lost =
  (...containers: readonly string[]): Change =>
  ({ traffic }) => ({
    traffic: {
      ...traffic,
      pings: new Map(
        [...traffic.pings].map(([key, ping]) => [
          key,
          containers.includes(key.split(" ")[1] ?? "") ? ("no answer" as const) : ping,
        ]),
      ),
    },
  });

describe("a diagnosis", () => {
  it("is that all is healthy where it is", () => {
    expect(found(mesh())).toEqual([]);
  });

  it("blames a tunnel at both ends where the settings of both are right", () => {
    const sick = mesh({ "node-1": lost("web-2"), "node-2": lost("web-1") });
    expect(found(sick)).toEqual(["node-1: UDP 4789 blocked", "node-2: UDP 4789 blocked"]);
  });

  it("blames the one host that hears nobody, and none of its peers", () => {
    const sick = mesh({
      "node-1": lost("web-2", "web-3"),
      "node-2": lost("web-1"),
      "node-3": lost("web-1"),
    });
    expect(found(sick)).toEqual(["node-1: UDP 4789 blocked"]);
  });

  it("trusts what a tunnel carries more than a host that answers no pings", () => {
    expect(found(mesh({ "node-1": () => ({ peers: new Set() }) }))).toEqual([]);
  });

  it("names a host that is down on every other one, and that its end was not examined", () => {
    const without: Change = (now) => ({
      ...lost("web-3")(now),
      peers: new Set(["node-1", "node-2"]),
    });
    const sick = mesh({ "node-1": without, "node-2": without, "node-3": "silent" });
    expect(found(sick)).toEqual(["node-1: peer unreachable", "node-2: peer unreachable"]);
    expect(diagnose(sick, "node-1").unchecked).toEqual([
      "the end of the tunnel on node-3, which was not examined",
    ]);
  });

  it("finds a network that passes less than the inventory says", () => {
    const sick = mesh({
      "node-1": ({ traffic }) => ({ traffic: { ...traffic, tooLarge: new Set(["web-1 web-2"]) } }),
    });
    expect(found(sick)).toEqual(["node-1: MTU mismatch"]);
  });

  it.each([
    ["NIC missing", () => []],
    [
      "wrong address",
      (nics: Answers["network"]["containers"][number]["nics"]) =>
        nics.map((nic) => ({ ...nic, addresses: ["10.9.9.9/24"] })),
    ],
  ])("finds a NIC of the inventory's: %s", (what, nicsOf) => {
    const sick = mesh({
      "node-1": ({ network }) => ({
        network: {
          ...network,
          containers: network.containers.map((one) => ({ ...one, nics: nicsOf(one.nics) })),
        },
      }),
    });
    expect(found(sick)).toEqual([`node-1: ${what}`]);
    expect(diagnose(sick, "node-1").findings[0]?.mend).toContain("mesh.ts --limit node-1");
  });

  it("mends an underlay NIC's MTU on the NIC, which mesh.ts leaves alone", () => {
    const sick = mesh({
      "node-1": ({ network }) => ({
        network: { ...network, links: [{ name: "eth0", mtu: 1400 }] },
      }),
    });
    expect(diagnose(sick, "node-1").findings).toMatchObject([
      {
        what: "underlay MTU mismatch",
        mend: expect.stringMatching(/^ip link set dev eth0 mtu 1500/),
      },
    ]);
  });

  it("finds a loop that no port's settings tell of, and none besides an unprotected port", () => {
    const twice: Change = ({ traffic }) => ({
      traffic: { ...traffic, pings: new Map([["web-1 web-2", "duplicates"] as const]) },
    });
    expect(found(mesh({ "node-1": twice }))).toEqual(["node-1: loop"]);
    const unprotected: Change = ({ network }) => ({
      network: {
        ...network,
        tunnels: network.tunnels.map((tunnel) => ({ ...tunnel, isProtected: false })),
      },
    });
    expect(found(mesh({ "node-1": twice, "node-3": unprotected }))).toEqual([
      "node-3: unprotected tunnel port, unprotected tunnel port",
    ]);
  });

  it("has what SELinux denied, with the commands that allow it", () => {
    const denial = { program: "dhclient", permissions: "read", object: "file conf", count: 3 };
    const sick = mesh({
      "node-2": () => ({ denials: { enforcing: true, hasLog: true, denials: [denial] } }),
    });
    expect(diagnose(sick, "node-2").findings).toEqual([
      {
        what: "SELinux denial",
        why: "dhclient was refused read on file conf, 3 times within an hour",
        mend: expect.stringContaining("audit2allow -M weft-dhclient"),
      },
    ]);
  });

  it("says what it could not look at, and calls the rest healthy", () => {
    const half = mesh({
      "node-1": () => ({
        denials: { enforcing: true, hasLog: false, denials: [] },
        holders: { others: [], wasAsked: false },
      }),
    });
    const task = diagnosis([half], "node-1");
    const state = diagnose(half, "node-1");
    expect(task.plan(state)).toEqual([]);
    expect(task.report?.(state)).toBe(`healthy
not checked: duplicate addresses: arping is missing
not checked: SELinux denials: no log of them can be read`);
  });

  it("is of all of a host's networks, and says once what is so in several", () => {
    const unknown: Change = () => ({
      agent: { manager: "systemd", running: false, file: "enabled" },
    });
    const one = mesh({ "node-1": unknown });
    const other = mesh({
      "node-1": (now) => ({ ...unknown(now), ...lost("web-2", "web-3")(now) }),
    });
    const task = diagnosis([one, other], "node-1");
    const { findings } = task.probe.parse({ stdout: "", stderr: "", code: 0 } as never);
    expect(findings.map(({ what }) => what)).toEqual(["agent not running", "UDP 4789 blocked"]);
  });

  it("knows the DHCP server by every address that its host has on the bridge", () => {
    const vars = {
      address: "10.1.2.250/24",
      range: { from: "10.1.2.100", to: "10.1.2.199" },
      leaseTime: 3600,
    };
    const offered = (...servers: readonly string[]) => ({
      ...mesh({
        "node-1": (now) => ({
          offers: { servers, asker: "web-1" },
          network: {
            ...now.network,
            servesDhcp: true,
            addresses: [
              ...now.network.addresses,
              { interface: "vxbr", address: vars.address },
              { interface: "vxbr", address: "10.1.2.251/32" },
            ],
          },
        }),
        "node-2": () => ({ offers: { servers, asker: "web-2" } }),
        "node-3": () => ({ offers: { servers, asker: "web-3" } }),
      }),
      server: { name: "node-1", vars },
    });
    expect(found(offered("10.1.2.251"))).toEqual([]);
    expect(found(offered("10.1.2.251", "10.1.2.9"))).toEqual(["node-1: second DHCP server"]);
    expect(found(offered("10.1.2.9"))).toEqual([
      "node-1: DHCP server not reachable, second DHCP server",
    ]);
  });
});
