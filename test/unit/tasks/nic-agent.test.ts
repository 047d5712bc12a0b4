import { describe, expect, it } from "vitest";
import { declaredNetwork } from "../../../tasks/declared-network.ts";
import { serviceFiles } from "../../../tasks/nic/agent-service.ts";
import { nicAgent } from "../../../tasks/nic-agent.ts";
import { answer, summaries } from "./answer.ts";

const task = nicAgent();
const marked = (text: string) => text.trimEnd().replace(/^/gm, "file|");
const runs = "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n";
const absent = "LoadState=not-found\nActiveState=inactive\nUnitFileState=\n";
const planned = (...said: readonly string[]) =>
  summaries(task.plan(task.probe.parse(answer(said.join("\n")))));

describe("nicAgent", () => {
  const { systemd, sysv } = serviceFiles;

  it.each([
    ["converged", marked(systemd.text), runs, []],
    ["stopped", marked(systemd.text), runs.replace("=active", "=failed"), ["start weft-agent"]],
    [
      "disabled",
      marked(systemd.text),
      runs.replace("=enabled", "=disabled"),
      ["enable weft-agent"],
    ],
    [
      "with an earlier agent",
      marked("# agent 0"),
      runs,
      [`write ${systemd.path} and start weft-agent`],
    ],
    ["fresh", "", absent, [`write ${systemd.path} and start weft-agent`, "enable weft-agent"]],
    ["EL6, converged", marked(sysv.text), "status=0\nenabled=yes\n", []],
    ["EL6, stopped", marked(sysv.text), "status=3\nenabled=yes\n", ["start weft-agent"]],
    [
      "EL6, fresh",
      "",
      "status=absent\n",
      [`write ${sysv.path} and start weft-agent`, "enable weft-agent"],
    ],
  ])("on a host: %s", (_, file, service, changes) => {
    expect(planned(file, service)).toEqual(changes);
  });

  it("is started however often it ends, also by EL7's systemd", () => {
    expect(systemd.text).toMatch(/^\[Service\]\n(#.*\n)?StartLimitInterval=0$/m);
  });
});

describe("declaredNetwork", () => {
  it("has a line for each bridge and each NIC, in the words that attach it", () => {
    const state = declaredNetwork({
      bridges: ["vxbr"],
      nics: [
        { container: "a1", name: "eth0", address: "10.1.2.11/24", bridge: "vxbr", mtu: 1450 },
        { container: "a2", name: "eth1", address: "dhcp", bridge: "vxbr", vlan: 7, mtu: 1450 },
      ],
    });
    const [change] = state.plan(state.probe.parse(answer("entry=absent\n")));
    expect(change?.diff?.after).toBe(`# Written by weft: the next run takes changes back.
# bridge NAME
# nic CONTAINER NIC VETH BRIDGE MTU MAC ADDRESS|dhcp VLAN|-
bridge vxbr
nic a1 eth0 wvac0bdc44c3d2 vxbr 1450 02:ac:0b:dc:44:c3 10.1.2.11/24 -
nic a2 eth1 wv027558a48bdb vxbr 1450 02:02:75:58:a4:8b dhcp 7
`);
  });
});
