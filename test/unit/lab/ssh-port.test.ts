import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { planHosts } from "../../../src/lab/address-plan.ts";
import { chooseSshPort, isPortFree } from "../../../src/lab/ssh-port.ts";

const hosts = planHosts(2);
const taken =
  (...ports: string[]) =>
  (address: string, port: number) =>
    Promise.resolve(!ports.includes(`${address}:${port}`));

test("port 22 is taken where it is free for every host", async () => {
  expect(await chooseSshPort(hosts, taken())).toBe(22);
});

test("a fixed other port is taken where 22 is not free for one of them", async () => {
  expect(await chooseSshPort(hosts, taken("127.0.56.106:22"))).toBe(2256);
});

test("where both are in use that is said, with the addresses", async () => {
  const both = taken("127.0.56.105:22", "127.0.56.106:2256");
  await expect(chooseSshPort(hosts, both)).rejects.toThrow(
    "ports 22 and 2256 are in use on 127.0.56.105, 127.0.56.106",
  );
});

test("a listener on every address takes the port from each of them", async () => {
  const server = createServer();
  server.listen(0, "0.0.0.0");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    expect(await isPortFree("127.0.56.105", port)).toBe(false);
  } finally {
    server.close();
    await once(server, "close");
  }
  expect(await isPortFree("127.0.56.105", port)).toBe(true);
  // And it is given back.
  expect(await isPortFree("127.0.56.105", port)).toBe(true);
});
