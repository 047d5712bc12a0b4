import { describe, expect, it } from "vitest";
import { TaskError } from "weft";
import { parseOffers } from "../../../tasks/package/offers.ts";
import { packages } from "../../../tasks/package.ts";
import { answer } from "./answer.ts";

describe("packages", () => {
  const task = packages({ names: ["tcpdump", "ethtool"] });

  it.each([
    ["all there", "installed tcpdump\ninstalled ethtool\n", []],
    ["one missing", "installed tcpdump\npackage ethtool is not installed\n", ["ethtool"]],
    [
      "one provided under another name",
      "installed tcpdump\npackage ethtool is not installed\ninstalled ethtool\n",
      [],
    ],
    ["apt, one missing", "manager=apt\ninstalled ethtool\n", ["tcpdump"]],
  ])("reads an answer: %s", (_, stdout, missing) => {
    expect(task.probe.parse(answer(stdout))).toEqual({ missing });
  });

  it("does not take rpm's failure for a missing package", () => {
    const broken = answer("", "error: cannot open Packages database in /var/lib/rpm", 1);
    expect(() => task.probe.parse(broken)).toThrow(TaskError);
  });

  it("does nothing where nothing is missing", () => {
    expect(task.plan({ missing: [] })).toEqual([]);
  });

  it("installs all that is missing in one transaction", () => {
    const changes = task.plan({ missing: ["tcpdump", "ethtool"] });
    expect(changes.map(({ summary }) => summary)).toEqual(["install tcpdump, ethtool"]);
    expect(changes[0]?.command.script).toContain("dnf -y -q install tcpdump ethtool\n");
    expect(changes[0]?.command.script).toContain("yum -y -q install tcpdump ethtool &&");
  });
});

describe("parseOffers", () => {
  it("reads dnf's answer", () => {
    const stdout = "offer openvswitch3.1 3.1.0-2.el9\n\noffer openvswitch3.3 3.3.1-1.el9\n";
    expect(parseOffers(answer(stdout))).toEqual([
      { name: "openvswitch3.1", version: "3.1.0-2.el9" },
      { name: "openvswitch3.3", version: "3.3.1-1.el9" },
    ]);
  });

  it("reads yum's list, also where it breaks a line and names an epoch", () => {
    const stdout = `offers=yum
Available Packages
dhcp.x86_64                           12:4.2.5-83.el7.centos.2           updates
openvswitch-ovn-central-with-a-long-name.x86_64
                                      2.12.0-2.el7                       openstack
`;
    expect(parseOffers(answer(stdout))).toEqual([
      { name: "dhcp", version: "4.2.5-83.el7.centos.2" },
      { name: "openvswitch-ovn-central-with-a-long-name", version: "2.12.0-2.el7" },
    ]);
  });

  it("takes yum's `no matching packages` for no offer", () => {
    const stdout = "offers=yum\nError: No matching Packages to list\n";
    expect(parseOffers(answer(stdout))).toEqual([]);
  });

  it.each([
    ["dnf failed", "offers=failed\n", "Error: Failed to download metadata for repo 'base'"],
    ["yum failed", "offers=yum\nCannot find a valid baseurl for repo: base/7/x86_64\n", ""],
    ["there is no package manager", "offers=none\n", ""],
  ])("throws where %s", (_, stdout, stderr) => {
    expect(() => parseOffers(answer(stdout, stderr))).toThrow(TaskError);
  });
});
