import { createHash } from "node:crypto";

const digest = (...parts: readonly string[]): string =>
  createHash("sha256").update(parts.join("/")).digest("hex");

/**
 * A MAC address made from names, the same on every run: a DHCP server then gives the same address again.
 * Locally administered, unicast (RFC 7042, 2.1).
 */
export const stableMac = (...names: readonly string[]): string =>
  ["02", ...(digest(...names).match(/../g) ?? []).slice(0, 5)].join(":");

/** The host's end of a container's NIC: within the kernel's 15 characters whatever the names are. */
export const vethName = (container: string, nic: string): string =>
  `wv${digest(container, nic).slice(0, 12)}`;
