import { describe, expect, it } from "vitest";
import { openvswitch } from "../../../tasks/openvswitch.ts";
import { answer, changesOf, summaries } from "./answer.ts";

const offered = [
  "offer openvswitch2.17 2.17.0-103.el9s",
  "offer openvswitch3.1 3.1.0-65.el9s",
  "offer openvswitch3.10 3.10.0-1.el9s",
  "offer openvswitch3.3 3.3.0-2.el9s",
  "offer openvswitch3.3-devel 3.3.0-2.el9s",
  "offer openvswitch3.10-ipsec 3.10.0-1.el9s",
  "offer openvswitch-selinux-extra-policy 99.0-1.el9s",
].join("\n");

const plan = (stdout: string, packageName?: string) =>
  changesOf(openvswitch({ packageName }), 0, answer(stdout));

describe("openvswitch", () => {
  it.each([
    ["installed, no pin", "installed\n", undefined, []],
    ["the pinned one installed", "installed\n", "openvswitch3.1", []],
    ["the newest by number", offered, undefined, ["install openvswitch3.10 3.10.0-1.el9s"]],
    ["the pinned one", offered, "openvswitch3.1", ["install openvswitch3.1 3.1.0-65.el9s"]],
    [
      "an unversioned name, by its version",
      "offer openvswitch2.11 2.11.0-4.el7\noffer openvswitch 2.12.0-2.el7\n",
      undefined,
      ["install openvswitch 2.12.0-2.el7"],
    ],
  ])("plans: %s", (_, stdout, pinned, expected) => {
    expect(summaries(plan(stdout, pinned))).toEqual(expected);
  });

  it.each([
    ["nothing on offer", "", undefined, /no repository of this host offers Open vSwitch/],
    ["the pinned one not on offer", offered, "openvswitch3.4", /offers openvswitch3\.4; there is/],
    [
      "another one installed",
      "other=openvswitch3.3\n",
      "openvswitch3.1",
      /openvswitch3\.3 is installed/,
    ],
    ["one built by hand", "other=\n", "openvswitch3.1", /an Open vSwitch of no package/],
  ])("refuses: %s", (_, stdout, pinned, message) => {
    expect(() => plan(stdout, pinned)).toThrow(message);
  });

  it("has its service enabled and running", () => {
    const absent = answer("LoadState=not-found\nActiveState=inactive\nUnitFileState=\n");
    expect(summaries(changesOf(openvswitch(), 1, absent))).toEqual([
      "enable openvswitch",
      "start openvswitch",
    ]);
  });

  it("waits at boot where systemd starts it, and not where SysV does", () => {
    const start = (stdout: string) => changesOf(openvswitch(), 2, answer(stdout));
    const [write, ...more] = start("manager=systemd\n");
    expect(write?.summary).toBe("write /etc/systemd/system/ovs-vswitchd.service.d/weft.conf");
    expect(more).toEqual([]);
    const text = write?.diff?.after ?? "";
    expect(text).toContain("[Service]\nExecStartPre=/bin/sh -c 'until [");
    expect(start(`manager=systemd\n${text.replace(/^(?=.)/gm, "start|")}\n`)).toEqual([]);
    expect(start("")).toEqual([]);
  });
});
