import { describe, expect, it } from "vitest";
import { compare, faultsOf } from "../../../src/graph/compare.ts";
import { summary } from "../../../src/graph/summary.ts";
import { breakHost, type MeshReport, meshReport } from "../../support/mesh-report.ts";

const faults = (report: MeshReport): readonly string[] => faultsOf(compare(report));

describe("a mesh as its hosts tell it", () => {
  it("is right where everything is as declared", () => {
    const graph = compare(meshReport(3));
    expect(faultsOf(graph)).toEqual([]);
    expect(graph.links.map(({ status }) => status)).toEqual(["ok", "ok", "ok"]);
    expect(summary(graph)).toBe("3 hosts, 3 containers, 3 tunnels: all as declared");
  });

  it("has one wrong link where one host's tunnel is missing", () => {
    const report = meshReport(3);
    breakHost(report, "node-1", ({ tunnels }) => ({
      tunnels: tunnels.filter(({ peer }) => peer !== "node-2"),
    }));
    const { links } = compare(report);
    expect(links.filter(({ status }) => status === "bad").map(({ hosts }) => hosts)).toEqual([
      ["node-1", "node-2"],
    ]);
    expect(faults(report)).toEqual(["node-1 - node-2: node-1: no tunnel to node-2"]);
  });

  it.each([
    ["another VNI", { vni: "7" }, "has VNI 7, not 42"],
    ["another remote address", { remoteIp: "192.0.2.9" }, "leads to 192.0.2.9, not 192.0.2.2"],
    ["another local address", { localIp: "" }, "begins at any address, not 192.0.2.1"],
    ["no split horizon", { isProtected: false }, "is not protected: frames go round in a loop"],
  ])("finds a tunnel with %s", (_, change, words) => {
    const report = meshReport(2);
    breakHost(report, "node-1", ({ tunnels }) => ({
      tunnels: tunnels.map((tunnel) => ({ ...tunnel, ...change })),
    }));
    expect(faults(report)).toEqual([`node-1 - node-2: node-1: vx42-node-2 ${words}`]);
  });

  it("finds tunnels on a bridge of their own, where Open vSwitch has no protected ports", () => {
    const report = meshReport(2);
    breakHost(report, "node-1", ({ tunnels }) => ({
      tunnels: tunnels.map((tunnel) => ({ ...tunnel, bridge: "vxbr-tun" })),
    }));
    expect(faults(report)).toEqual([]);
  });

  it("misses no tunnels where one port has them all", () => {
    const report = meshReport(2);
    for (const { vars } of report.mesh) Object.assign(vars, { tunnels: "flow" });
    breakHost(report, "node-1", ({ tunnels }) => ({
      tunnels: tunnels.map((tunnel) => ({ ...tunnel, port: "vx42", peer: "", remoteIp: "flow" })),
    }));
    expect(faults(report)).toEqual([]);
  });

  it("names a tunnel to a host that is none of the mesh", () => {
    const report = meshReport(2);
    breakHost(report, "node-1", ({ tunnels: [first] }) => ({
      tunnels: first
        ? [first, { ...first, port: "vx42-old", peer: "old", remoteIp: "192.0.2.9" }]
        : [],
    }));
    expect(faults(report)).toEqual([
      "node-1: port vx42-old leads to 192.0.2.9, no host of the mesh",
    ]);
  });

  it("blames a stopped container, and no tunnel for the pings that it does not answer", () => {
    const report = meshReport(2);
    breakHost(report, "node-1", ({ containers }) => ({
      containers: containers.map((box) => ({ ...box, isRunning: false, exitCode: 137 })),
    }));
    const other = report.reports.get("node-2");
    if (other) {
      const pings = new Map([["web-2 web-1", "no answer"]] as const);
      report.reports.set("node-2", { ...other, pings });
    }
    expect(faults(report)).toEqual(["web-1 on node-1: is stopped (exit code 137)"]);
  });

  it("blames the tunnel for a ping between two containers that are right", () => {
    const report = meshReport(2);
    const one = report.reports.get("node-1");
    if (one) {
      const pings = new Map([["web-1 web-2", "no answer"]] as const);
      report.reports.set("node-1", { ...one, pings });
    }
    expect(faults(report)).toEqual(["node-1 - node-2: ping from web-1 to web-2: no answer"]);
  });

  it.each([
    ["MTU", { mtu: 1500 }, "MTU 1500, not 1450"],
    ["MAC", { mac: "02:00:00:00:00:01" }, "MAC 02:00:00:00:00:01, not 02:"],
    ["address", { addresses: [] }, "address none, not 10.1.2.1/24"],
    ["name", { name: "eth7" }, "is missing"],
  ])("finds a NIC with the wrong %s", (_, change, words) => {
    const report = meshReport(2);
    breakHost(report, "node-1", ({ containers }) => ({
      containers: containers.map((box) => ({
        ...box,
        nics: box.nics.map((nic) => ({ ...nic, ...change })),
      })),
    }));
    const [fault, ...others] = faults(report);
    expect(fault).toContain(`web-1 eth0 on node-1: ${words}`);
    expect(others).toEqual([]);
  });

  it("names containers' ports that no inventory knows, running or gone", () => {
    const report = meshReport(2);
    breakHost(report, "node-1", ({ ports: [first], ports, containers: [box], containers }) => ({
      ports: first
        ? [...ports, { ...first, container: "guest" }, { ...first, container: "gone", port: "wv1" }]
        : [],
      containers: box ? [...containers, { ...box, name: "guest", id: "guest" }] : [],
    }));
    expect(faults(report)).toEqual([
      "guest on node-1: is on vxbr, and not in the inventory",
      "gone on node-1: is gone, and its port wv1 is still on vxbr",
    ]);
  });

  it("knows nothing of a host that does not answer, and blames nobody", () => {
    const report = meshReport(3);
    report.reports.delete("node-3");
    report.silent.set("node-3", "no route to host");
    const graph = compare(report);
    expect(faultsOf(graph)).toEqual([]);
    expect(graph.hosts.map(({ status }) => status)).toEqual(["ok", "ok", "unknown"]);
    expect(graph.links.map(({ status }) => status)).toEqual(["ok", "unknown", "unknown"]);
    expect(summary(graph)).toBe("3 hosts, 3 containers, 3 tunnels: 1 host without an answer");
  });
});
