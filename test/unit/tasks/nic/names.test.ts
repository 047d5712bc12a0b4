import { expect, it } from "vitest";
import { stableMac, vethName } from "../../../../tasks/nic/names.ts";

it("a MAC address is the same on every run, and another for other names", () => {
  expect(stableMac("a1", "eth0")).toBe("02:ac:0b:dc:44:c3");
  expect(stableMac("a1", "eth1")).not.toBe(stableMac("a1", "eth0"));
  expect(stableMac("a2", "eth0")).not.toBe(stableMac("a1", "eth0"));
});

it("a veth's name fits the kernel's 15 characters, however long the names are", () => {
  expect(vethName("a1", "eth0")).toBe("wvac0bdc44c3d2");
  expect(vethName("a".repeat(64), "eth0").length).toBeLessThanOrEqual(15);
});
