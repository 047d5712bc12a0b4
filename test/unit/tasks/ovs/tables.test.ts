import { describe, expect, it } from "vitest";
import { list, map, parseOvs, text } from "../../../../tasks/ovs/tables.ts";
import { answer } from "../answer.ts";

const bridge =
  '{"data":[["netdev",["set",[["uuid","07f6a494-c0f6-4a03-8534-1b458f7ce2f9"],["uuid","1c6aa3be-511c-490c-a68f-ba41a5c1a65a"]]],["map",[["hwaddr","02:8f:1a:e9:04:bd"]]]]],"headings":["datapath_type","ports","other_config"]}';
const port =
  '{"data":[[["uuid","1c6aa3be-511c-490c-a68f-ba41a5c1a65a"],1450,true,["set",[]]]],"headings":["_uuid","mtu_request","protected","error"]}';

describe("parseOvs", () => {
  it("reads one table a query", () => {
    const tables = parseOvs(answer(`${bridge}\n${port}\novs=0\n`));
    const [[first] = [], [second] = []] = tables ?? [];
    expect(text(first, "datapath_type")).toBe("netdev");
    expect(list(first, "ports")).toHaveLength(2);
    expect(map(first, "other_config")).toEqual({ hwaddr: "02:8f:1a:e9:04:bd" });
    expect(text(second, "_uuid")).toBe(list(first, "ports")[1]);
    expect(text(second, "mtu_request")).toBe("1450");
    expect(text(second, "protected")).toBe("true");
    expect(text(second, "error")).toBe("");
  });

  it("tells a set of one element, written as a plain value, from an empty one", () => {
    const one = '{"data":[[["uuid","a"]],[["set",[]]]],"headings":["ports"]}';
    const [[first, second] = []] = parseOvs(answer(`${one}\novs=0\n`)) ?? [];
    expect([list(first, "ports"), list(second, "ports")]).toEqual([["a"], []]);
  });

  it.each([
    ["not installed", answer("ovs=absent\n")],
    [
      "stopped",
      answer(
        "ovs=1\n",
        "ovs-vsctl: unix:/var/run/openvswitch/db.sock: database connection failed (No such file or directory)\n",
      ),
    ],
  ])("knows no tables where Open vSwitch is %s", (_, result) => {
    expect(parseOvs(result)).toBeUndefined();
  });

  it.each([
    [
      "a column that an old release does not have",
      answer(
        "ovs=1\n",
        'ovs-vsctl: Port does not contain a column whose name matches "protected"\n',
      ),
      /protected/,
    ],
    ["silence", answer(""), /cannot tell/],
    ["a cut answer", { ...answer("ovs=0\n"), truncated: true }, /too long/],
    ["an unknown value", answer('{"data":[[["new",1]]],"headings":["a"]}\novs=0\n'), /unknown/],
  ])("refuses %s", (_, result, message) => {
    expect(() => parseOvs(result)).toThrow(message);
  });
});
