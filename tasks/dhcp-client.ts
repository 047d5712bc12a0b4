import { oneOf } from "./package/one-of.ts";

/**
 * The program that asks for containers' addresses from the host: ISC dhclient, on EL10 dhcpcd.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * dhcpClient()
 * ```
 */
export const dhcpClient = () =>
  oneOf({
    what: "dhcp-client",
    programs: ["dhclient", "dhcpcd"],
    names: ["dhcp-client", "dhclient", "dhcpcd"],
    hint: "Add a repository that has one, or give the containers of this host static addresses.",
  });
