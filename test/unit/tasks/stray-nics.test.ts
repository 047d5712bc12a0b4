import { expect, it } from "vitest";
import { strayNics } from "../../../tasks/stray-nics.ts";
import { answer, summaries } from "./answer.ts";

const task = strayNics({ containers: [{ name: "a1", nics: [{ name: "eth0" }] }] });

const row = (name: string, ids: Record<string, string>) => [name, ["map", Object.entries(ids)]];
const ovs = (...rows: unknown[]) =>
  `${JSON.stringify({ data: rows, headings: ["name", "external_ids"] })}\novs=0\n`;
const own = row("wvac0bdc44c3d2", { weft_container: "a1", container_iface: "eth0" });
const planned = (stdout: string) => summaries(task.plan(task.probe.parse(answer(stdout))));

it("leaves declared NICs and ports of others alone", () => {
  const foreign = row("9a3b7c1f_l", { container_id: "x", container_iface: "eth1" });
  expect(planned(`/sys/class/net/wvac0bdc44c3d2\n${ovs(own, foreign)}`)).toEqual([]);
});

it("has nothing to do on a fresh host", () => {
  expect(planned("ovs=absent\n")).toEqual([]);
});

it("detaches a NIC that is no longer declared, once", () => {
  const gone = row("wv027558a48bdb", { weft_container: "a2", container_iface: "eth1" });
  const stdout = `/sys/class/net/wv027558a48bdb\n/var/run/dhclient-wv027558a48bdb.pid\n/var/lib/dhclient/weft-wv027558a48bdb.leases\n${ovs(own, gone)}`;
  expect(planned(stdout)).toEqual(["detach a2 eth1"]);
});

it.each([
  ["a veth without a port", "/sys/class/net/wv027558a48bdb"],
  ["a lease", "/var/lib/dhclient/weft-wv027558a48bdb.leases"],
])("detaches what is left of one: %s", (_, path) => {
  expect(planned(`${path}\n${ovs(own)}`)).toEqual(["detach wv027558a48bdb"]);
});

it("removes dangling links to network namespaces, and nothing but links there", () => {
  const changes = task.plan(task.probe.parse(answer(`dangling /var/run/netns/4711\n${ovs(own)}`)));
  expect(summaries(changes)).toEqual(["remove dangling /var/run/netns/4711"]);
  expect(changes[0]?.command.script).toBe("rm -f /var/run/netns/4711");
  expect(() => planned(`dangling /etc/passwd\n${ovs(own)}`)).toThrow("/etc/passwd");
});
