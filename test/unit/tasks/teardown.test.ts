import { describe, expect, it } from "vitest";
import { parseRecord } from "../../../tasks/baseline/record.ts";
import { baseline } from "../../../tasks/baseline.ts";
import { strayDhcpServer } from "../../../tasks/stray-dhcp-server.ts";
import { noBridges } from "../../../tasks/teardown/bridges.ts";
import { noContainers } from "../../../tasks/teardown/containers.ts";
import { dhcpServerAsBefore } from "../../../tasks/teardown/dhcp-server.ts";
import { packagesAsBefore } from "../../../tasks/teardown/packages.ts";
import { answer, summaries } from "./answer.ts";

const record = (...lines: readonly string[]) =>
  ["package bash", "service openvswitch absent inactive", "forward 0", ...lines]
    .map((line) => `baseline|${line}\n`)
    .join("");

describe("baseline", () => {
  it("keeps a copy of EL6's file with the DHCP server's options, which goes back to its place", () => {
    expect(baseline().plan(false)[0]?.command.script).toContain(
      "cp -p /etc/sysconfig/dhcpd /var/lib/weft/replaced/etc/sysconfig/dhcpd",
    );
    const stray = strayDhcpServer();
    const [stop] = stray.plan(stray.probe.parse(answer("stray dhcpd\n")));
    expect(stop?.command.script).toContain(
      "cp -p /var/lib/weft/replaced/etc/sysconfig/dhcpd /etc/sysconfig/dhcpd",
    );
  });

  it("takes no file of weft's for one that was there before", () => {
    const [write] = baseline().plan(false);
    expect(write?.command.script).toMatch(
      /-e \/etc\/dhcp\/dhcpd\.conf \] && ! grep .* Written by weft' \/etc\/dhcp\/dhcpd\.conf; then .*cp -p/,
    );
  });
});

describe("dhcpServerAsBefore", () => {
  const task = dhcpServerAsBefore();
  const plan = (stdout: string) => task.plan(task.probe.parse(answer(stdout)));
  const config = "/etc/dhcp/dhcpd.conf";
  const back = `remove ${config}, or put back what was there before`;

  it.each([
    ["enabled active", ["enable dhcpd, as before", "start dhcpd, as before"]],
    ["disabled active", ["start dhcpd, as before"]],
    ["enabled failed", ["enable dhcpd, as before"]],
    ["absent inactive", []],
  ])("has a server of the host's own serve as it did: %s", (state, more) => {
    expect(summaries(plan(`${config}\n${record(`service dhcpd ${state}`)}`))).toEqual([
      back,
      ...more,
    ]);
  });

  it("starts none that no record tells of, nor one that weft has not stopped", () => {
    expect(summaries(plan(`${config}\n${record()}`))).toEqual([back]);
    expect(summaries(plan(`${config}\n`))).toEqual([back]);
    expect(plan(record("service dhcpd enabled active"))).toEqual([]);
  });

  it("comes back to one whose start failed in an earlier run", () => {
    const before = `replaced ${config}\n${record("service dhcpd enabled active")}`;
    expect(summaries(plan(`service dhcpd enabled failed\n${before}`))).toEqual([
      "start dhcpd, as before",
    ]);
    expect(plan(`service dhcpd enabled active\n${before}`)).toEqual([]);
  });
});

describe("packagesAsBefore", () => {
  const installed = ["bash", "docker-ce", "containerd.io", "openvswitch3.1", "ethtool", "vim"]
    .map((name) => `installed ${name}\n`)
    .join("");
  const planned = (stdout: string, keep = false) => {
    const task = packagesAsBefore({ keep, containers: ["a1"], bridges: ["vxbr"] });
    return summaries(task.plan(task.probe.parse(answer(stdout))));
  };

  it("removes those that came for the network, and what they left", () => {
    expect(
      planned(
        `${record("absent /etc/docker")}${installed}present /etc/docker\ncontainer a1\nvolume *\nbridge vxbr\ndocker-rules\nforward 1\n`,
      ),
    ).toEqual([
      "remove packages docker-ce, containerd.io, openvswitch3.1, ethtool",
      "remove Docker's bridge and rules",
      "have the host pass no packets on",
      "remove /etc/docker",
      "remove /var/lib/weft/baseline",
    ]);
  });

  it.each([
    ["containers of others", "container db\n"],
    ["a volume of others", "volume data\n"],
  ])("leaves Docker where it has %s", (_, found) => {
    expect(
      planned(`${record()}${installed}present /etc/docker\n${found}docker-rules\nforward 1\n`),
    ).toEqual(["remove packages openvswitch3.1, ethtool"]);
  });

  it("leaves Open vSwitch where it has other bridges, and says so", () => {
    const stdout = `${record("package docker-ce", "package ethtool")}${installed}bridge vxbr\nbridge br-ex\n`;
    expect(planned(stdout)).toEqual([]);
    const task = packagesAsBefore({ keep: false, containers: [], bridges: ["vxbr"] });
    expect(task.report?.(task.probe.parse(answer(stdout)))).toBe(
      "Open vSwitch stays: it has br-ex\n",
    );
  });

  it("stops and disables a service that the host had, and did not run", () => {
    const before = record("package docker-ce", "service docker disabled inactive");
    expect(planned(`${before}installed docker-ce\nservice docker enabled active\n`)).toEqual([
      "disable docker, as before",
      "stop docker, as before",
      "remove /var/lib/weft/baseline",
    ]);
  });

  it("leaves EL6's iptables service, which is in no package of its own, as it was", () => {
    const ran = record("package iptables", "service iptables enabled active");
    const now = `${installed}installed iptables\nservice iptables enabled active\n`;
    const task = packagesAsBefore({ keep: false, containers: [], bridges: [] });
    const plan = (stdout: string) => task.plan(task.probe.parse(answer(stdout)));
    expect(summaries(plan(ran + now)).join("; ")).not.toContain("iptables");
    expect(plan(ran + now)[0]?.command.script).not.toContain("iptables");
    const off = record("package iptables", "service iptables no no");
    const [, disable, stop] = plan(off + now);
    expect(disable?.summary).toBe("disable iptables, as before");
    expect(disable?.command.script).toContain("chkconfig iptables off");
    expect(stop?.command.script).toContain("service iptables stop");
  });

  const report = (stdout: string) => {
    const task = packagesAsBefore({ keep: false, containers: [], bridges: [] });
    return task.report?.(task.probe.parse(answer(stdout)));
  };

  it("leaves paths at which something was before, and those of which an old record tells nothing", () => {
    const before = record("absent /var/lib/docker");
    const now = `${installed}present /etc/docker\npresent /var/lib/docker\n`;
    expect(planned(before + now)).toContain("remove /var/lib/docker");
    expect(report(before + now)).toBe("left, for no record says that it came later: /etc/docker\n");
    expect(planned(record() + now).join("; ")).not.toContain("/docker");
  });

  it.each([
    [true, "forward-policy ACCEPT"],
    [false, "forward-policy DROP"],
    [false, "# an old record"],
  ])("has iptables pass packets on again, %s, where the record says: %s", (again, line) => {
    const task = packagesAsBefore({ keep: false, containers: [], bridges: [] });
    const changes = task.plan(
      task.probe.parse(answer(`${record(line)}installed bash\ndocker-rules\nforward 0\n`)),
    );
    expect(summaries(changes)[0]).toBe("remove Docker's bridge and rules");
    expect(changes[0]?.command.script.includes("FORWARD ACCEPT")).toBe(again);
  });

  it.each([
    ["its program", "program dockerd", ""],
    ["its unit", "service docker static inactive", ""],
    ["a package of another name, by an old record", "package docker-ee", "program dockerd\n"],
  ])("leaves Docker where %s was there before", (_, line, now) => {
    const stays = `${record(line, "absent /etc/docker")}installed docker-ee\npresent /etc/docker\ndocker-rules\nforward 1\n${now}`;
    expect(planned(stays)).toEqual(["remove /var/lib/weft/baseline"]);
  });

  it("does nothing where rpm does not tell what is installed", () => {
    expect(() => planned(`${record("absent /etc/docker")}present /etc/docker\n`)).toThrow(
      /^rpm does not tell what is installed/,
    );
  });

  it("removes nothing where packages are to be kept, or nobody knows what was there before", () => {
    expect(
      planned(`${record()}${installed}present /etc/docker\ndocker-rules\nforward 1\n`, true),
    ).toEqual([]);
    expect(planned("")).toEqual([]);
  });
});

it("reads a record", () => {
  expect(
    parseRecord(
      "package a\nimage sha256:1\nprogram dockerd\nabsent /etc/docker\nservice docker enabled inactive\nservice dhcpd not-found inactive\nforward 1\nforward-policy DROP\n",
    ),
  ).toEqual({
    packages: new Set(["a"]),
    images: new Set(["sha256:1"]),
    programs: new Set(["dockerd"]),
    absent: new Set(["/etc/docker"]),
    services: new Map([
      ["docker", { there: true, enabled: true, running: false }],
      ["dhcpd", { there: false, enabled: false, running: false }],
    ]),
    forward: true,
    forwardPolicy: "DROP",
  });
});

describe("noContainers", () => {
  const task = noContainers({ containers: [{ name: "a1", image: "nginx" }] });
  const planned = (stdout: string) => summaries(task.plan(task.probe.parse(answer(stdout))));

  it("removes declared ones that weft made, and an image that came for them", () => {
    expect(
      planned(
        `container a1 nginx 0123abcd\ncontainer db nginx \nimage sha256:1 nginx:latest \n${record()}`,
      ),
    ).toEqual(["remove a1"]);
    expect(
      planned(`container a1 nginx 0123abcd\nimage sha256:1 nginx:latest \n${record()}`),
    ).toEqual(["remove a1", "remove image nginx:latest"]);
  });

  it("leaves a container of that name that weft did not make, and an image that was there", () => {
    expect(
      planned(`container a1 nginx \nimage sha256:1 nginx:latest \n${record("image sha256:1")}`),
    ).toEqual([]);
    expect(planned("image sha256:1 nginx:latest \n")).toEqual([]);
  });

  it.each([
    ["does not tell", ["images unknown"]],
    ["is of a Docker that was stopped", ["service docker enabled inactive"]],
    ["is of EL6, whose Docker was stopped", ["package docker-io", "service docker no no"]],
  ])("leaves images where the record %s", (_, lines) => {
    expect(planned(`image sha256:1 nginx:latest \n${record(...lines)}`)).toEqual([]);
  });

  it("knows an old Docker's answer, which has names as that keeps them", () => {
    expect(
      planned(
        `container /a1 nginx 0123abcd\nlisted=0\nimage IMAGE REPOSITORY:TAG \nimage 1f2e nginx:latest \n${record()}`,
      ),
    ).toEqual(["remove a1", "remove image nginx:latest"]);
  });

  it.each([
    ["is not running", "Cannot connect to the Docker daemon. Is the docker daemon running?", ""],
    [
      "29 is not running",
      "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory",
      "",
    ],
    ["does not answer", "flag provided but not defined: --format", "flag provided"],
  ])("leaves nothing behind unsaid where Docker %s", (_, stderr, fault) => {
    const parse = () => task.probe.parse(answer("listed=1\n", stderr));
    if (fault === "") expect(task.plan(parse())).toEqual([]);
    else expect(parse).toThrow(fault);
  });
});

describe("noBridges", () => {
  const task = noBridges({ bridges: ["vxbr", "br-phy"], nic: "eth0" });
  const uuid = (id: string) => ["uuid", id];
  const table = (headings: readonly string[], ...data: readonly unknown[][]) =>
    JSON.stringify({ headings, data });
  const none = ["map", []];
  const ovs = [
    table(
      ["name", "ports"],
      ["vxbr", ["set", ["p1", "p2"].map(uuid)]],
      ["br-phy", uuid("p3")],
      ["br-ex", uuid("p4")],
    ),
    table(
      ["_uuid", "name", "external_ids"],
      [uuid("p1"), "vxbr", none],
      [uuid("p2"), "tap7", none],
      [uuid("p3"), "eth0", none],
      [uuid("p4"), "eth1", none],
    ),
    table(["name", "type", "external_ids"], ["vxbr", "internal", none], ["tap7", "", none]),
    "ovs=0",
  ].join("\n");

  it("removes those that are there, and names ports that weft did not make", () => {
    const changes = task.plan(task.probe.parse(answer(ovs)));
    expect(summaries(changes)).toEqual(["remove vxbr with its ports tap7, br-phy"]);
    expect(changes[0]?.command.script).toBe(
      "ovs-vsctl --timeout=60 --if-exists del-br vxbr -- --if-exists del-br br-phy",
    );
  });

  it("has nothing to do on a fresh host", () => {
    expect(task.plan(task.probe.parse(answer("ovs=absent\n")))).toEqual([]);
  });
});
