import { expect, test } from "vitest";
import { maxHosts, planHosts } from "../../../src/lab/address-plan.ts";

test("hosts follow each other from .105 on, on the underlay and on loopback", () => {
  expect(planHosts(2)).toEqual([
    {
      name: "lab-1",
      image: "el9",
      backend: "nspawn",
      underlayAddress: "192.168.56.105",
      sshAddress: "127.0.56.105",
      sshPort: 22,
      macAddress: "52:54:c0:a8:38:69",
    },
    {
      name: "lab-2",
      image: "el9",
      backend: "nspawn",
      underlayAddress: "192.168.56.106",
      sshAddress: "127.0.56.106",
      sshPort: 22,
      macAddress: "52:54:c0:a8:38:6a",
    },
  ]);
});

test("a host keeps its addresses in a larger lab", () => {
  expect(planHosts(5).slice(0, 3)).toEqual(planHosts(3));
});

test("the last host still has an address", () => {
  expect(planHosts(maxHosts).at(-1)?.underlayAddress).toBe("192.168.56.254");
});

test("a second lab has loopback addresses of its own", () => {
  expect(planHosts(1, { loopback: "127.0.57" })[0]?.sshAddress).toBe("127.0.57.105");
});
