import { describe, expect, it } from "vitest";
import { strayBridges } from "../../../tasks/stray-bridges.ts";
import { strayDhcpServer } from "../../../tasks/stray-dhcp-server.ts";
import { answer, summaries } from "./answer.ts";

describe("strayBridges", () => {
  const task = strayBridges({ bridges: ["vxbr"] });
  const plan = (stdout: string) => task.plan(task.probe.parse(answer(stdout)));

  it("leaves declared bridges alone, and has nothing to do on a fresh host", () => {
    expect(plan("")).toEqual([]);
    expect(plan("/etc/systemd/system/weft-bridge-vxbr.service\n")).toEqual([]);
    expect(plan("/etc/init.d/weft-bridge-vxbr\n")).toEqual([]);
  });

  it.each([["/etc/systemd/system/weft-bridge-old.br.service"], ["/etc/init.d/weft-bridge-old.br"]])(
    "removes a bridge that is not declared any more, with its unit: %s",
    (path) => {
      const changes = plan(`${path}\n`);
      expect(summaries(changes)).toEqual(["remove bridge old.br and its tunnels"]);
      expect(changes[0]?.command.script).toContain(
        "ovs-vsctl --timeout=60 --if-exists del-br old.br -- --if-exists del-br old.br-tun",
      );
      expect(changes[0]?.command.script).toContain(
        "rm -f /etc/systemd/system/weft-bridge-old.br.service",
      );
    },
  );
});

describe("strayDhcpServer", () => {
  const task = strayDhcpServer();
  const planned = (stdout: string) => summaries(task.plan(task.probe.parse(answer(stdout))));

  it("stops a server that weft set up, and no other", () => {
    expect(planned("")).toEqual([]);
    expect(planned("stray dhcpd\n")).toEqual(["stop and disable dhcpd"]);
    expect(planned("stray kea-dhcp4\n")).toEqual(["stop and disable kea-dhcp4"]);
  });
});
