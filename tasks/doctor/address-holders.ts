import { sh, task } from "weft";
import type { Container } from "../../inventory/contract.ts";
import { inspectNamed } from "../docker/inspect-named.ts";
import { inNetns } from "../nic/in-netns.ts";

/** An address of this host's that another NIC answers for. */
export interface Holder {
  /** Whose it is: "a1 eth0", or the bridge. */
  readonly owner: string;
  /** IPv4, without prefix. */
  readonly address: string;
  /** Who else has it. */
  readonly mac: string;
}

/** Addresses that somebody else has as well, and whether they could be asked for. */
export interface AddressHolders {
  readonly others: readonly Holder[];
  readonly wasAsked: boolean;
}

interface AddressHoldersOptions {
  readonly bridge: string;
  readonly containers: readonly Container[];
  /** The DHCP server's own address on the bridge, where this host is one. */
  readonly served: string | undefined;
}

/**
 * Who else has the addresses of this host's containers: each asks for its own as a host does before it takes
 * an address, with a sender that is nobody's, so that no neighbour learns anything from it (RFC 5227, 2.1.1).
 */
export const addressHolders = ({ bridge, containers, served }: AddressHoldersOptions) => {
  const nics = containers.flatMap(({ name, nics }) =>
    nics.filter((nic) => nic.bridge === bridge).map((nic) => `${name} ${nic.name}`),
  );
  return task<AddressHolders>({
    title: "addresses are nobody else's",
    probe: {
      command: sh`
${inspectNamed}
${inNetns}
ask() {
  owner=$1 address=$2 nic=$3
  shift 3
  said=$("$@" arping -D -c 2 -w 2 -I "$nic" "$address" 2>/dev/null </dev/null)
  case $said in *\[*\]*) mac=\${said#*\[}; echo "held $address \${mac%%\]*} $owner" ;; esac
}
if command -v arping >/dev/null 2>&1; then
  echo asked=yes
  printf '%s\n' ${nics} | {
    while read -r name nic; do
      [ -n "$name" ] || continue
      pid=$(inspect_named "$name" '{{.State.Pid}}' 2>/dev/null </dev/null)
      [ "\${pid:-0}" != 0 ] || continue
      for address in $(in_netns "$pid" ip -4 -o address show dev "$nic" 2>/dev/null </dev/null | sed 's/.* inet \([^/ ]*\).*/\1/'); do
        ask "$name $nic" "$address" "$nic" in_netns "$pid" &
      done
    done
    ${served === undefined ? sh`:` : sh`ask ${bridge} ${served} ${bridge} env &`}
    wait
  }
fi`,
      parse: ({ stdout }) => ({
        wasAsked: /^asked=yes$/m.test(stdout),
        others: [...stdout.matchAll(/^held (\S+) (\S+) (.+)$/gm)].map(
          ([, address = "", mac = "", owner = ""]) => ({ owner, address, mac: mac.toLowerCase() }),
        ),
      }),
    },
    plan: () => [],
  });
};
