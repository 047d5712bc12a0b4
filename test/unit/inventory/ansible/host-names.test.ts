import { describe, expect, it } from "vitest";
import { hostNames } from "../../../../src/inventory/ansible/host-names.ts";

describe("a host entry", () => {
  it.each<[string, readonly string[], number | undefined]>([
    ["web", ["web"], undefined],
    ["web:2222", ["web"], 2222],
    [
      "web[01:03].example.com",
      ["web01", "web02", "web03"].map((n) => `${n}.example.com`),
      undefined,
    ],
    ["web[1:3]:22", ["web1", "web2", "web3"], 22],
    ["web[1:9:4]", ["web1", "web5", "web9"], undefined],
    ["web[08:11]", ["web08", "web09", "web10", "web11"], undefined],
    ["db-[a:c]", ["db-a", "db-b", "db-c"], undefined],
    ["r[1:2]-n[a:b]", ["r1-na", "r1-nb", "r2-na", "r2-nb"], undefined],
    ["10.0.0.[1:2]", ["10.0.0.1", "10.0.0.2"], undefined],
    ["2001:db8::1", ["2001:db8::1"], undefined],
    ["[2001:db8::1]:22", ["2001:db8::1"], 22],
  ])("%s", (entry, names, port) => {
    expect(hostNames(entry)).toEqual({ names, port });
  });

  it.each([
    ["web[1]", "begin:end"],
    ["web[1:]", "end value"],
    ["web[3:1]", "begin <= end"],
    ["web[01:100]", "equal-length"],
    ["web[1:x]", "numbers or of single letters"],
    ["web[1:5:0]", "step"],
    ["web:", "kept for a port"],
  ])("%s is refused", (entry, message) => {
    expect(() => hostNames(entry)).toThrow(message);
  });
});
