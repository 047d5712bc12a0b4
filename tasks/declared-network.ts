import { file } from "./file.ts";
import { type DeclaredNic, type DeclaredOutside, statePath, stateText } from "./nic/declared.ts";

interface DeclaredNetworkOptions {
  readonly bridges: readonly string[];
  readonly nics: readonly DeclaredNic[];
  /** Left out: containers reach nothing outside of their networks, and the outside reaches none of them. */
  readonly outside?: DeclaredOutside | undefined;
}

/**
 * What the host's own agent keeps the host to: its bridges and its containers' NICs, one a line, in
 * /etc/weft/network.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * declaredNetwork({
 *   bridges: ["vxbr"],
 *   nics: [{ container: "a1", name: "eth0", address: "dhcp", bridge: "vxbr", mtu: 1450 }],
 * })
 * ```
 */
export const declaredNetwork = ({ bridges, nics, outside }: DeclaredNetworkOptions) =>
  file({ path: statePath, content: stateText(bridges, nics, outside), mode: "644" });
