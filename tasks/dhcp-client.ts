import { oneOf } from "./package/one-of.ts";

/**
 * ISC dhclient, which asks for containers' addresses from the host.
 *
 * @example
 * ```ts
 * dhcpClient()
 * ```
 */
export const dhcpClient = () =>
  oneOf({
    what: "dhcp-client",
    program: "dhclient",
    names: ["dhcp-client", "dhclient"],
    hint: "EL10 has no ISC DHCP any more: give the containers of such a host static addresses.",
  });
