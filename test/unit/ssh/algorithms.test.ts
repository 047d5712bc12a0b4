import { Client } from "ssh2";
import { expect, test } from "vitest";
import { algorithms } from "../../../src/ssh/algorithms.ts";

test("offers the types of known keys first", () => {
  expect(algorithms(new Set(["ssh-rsa"]), false).serverHostKey).toEqual([
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
  ]);
  expect(algorithms(new Set(["ssh-dss"]), false).serverHostKey).toHaveLength(6);
});

test("offers old algorithms last, and only where it is told to", () => {
  const legacy = algorithms(new Set(), true);
  const modern = algorithms(new Set(), false);
  for (const [kind, old] of [
    ["kex", "diffie-hellman-group14-sha1"],
    ["serverHostKey", "ssh-rsa"],
    ["cipher", "aes128-cbc"],
    ["hmac", "hmac-sha1"],
  ] as const) {
    expect([...(legacy[kind] as string[])].pop()).toBe(old);
    expect(modern[kind]).not.toContain(old);
  }
});

test("offers nothing that ssh2 does not know", () => {
  const client = new Client().on("error", () => {});
  expect(() =>
    client.connect({
      username: "x",
      port: 1,
      host: "127.0.0.1",
      algorithms: algorithms(new Set(), true),
    }),
  ).not.toThrow();
});
