import { sh, task } from "weft";
import type { Container } from "../../inventory/contract.ts";
import { inspectNamed } from "../docker/inspect-named.ts";
import { probeConfigPath } from "../nic/dhcp-client.ts";
import { inNetns } from "../nic/in-netns.ts";

/** Who offers addresses on the mesh. */
export interface DhcpOffers {
  /** Addresses of the servers that answered. */
  readonly servers: readonly string[];
  /** The container that asked; `undefined` where none could. */
  readonly asker: string | undefined;
}

interface DhcpOffersOptions {
  readonly bridge: string;
  readonly containers: readonly Container[];
}

/** Seconds: a server may ping an address for one before it offers it. */
const PATIENCE = 3;

/**
 * Which DHCP servers answer a container of this host. A client asks, waits for offers, and is ended before it
 * would take one: nothing is leased. dhcpcd takes the first offer, so it is told to pass over those of all
 * addresses (`-X`), and says whose they were. It has processes of its own, which all end with it.
 * https://man.archlinux.org/man/dhcpcd.8
 */
export const dhcpOffers = ({ bridge, containers }: DhcpOffersOptions) => {
  const nics = containers
    .flatMap(({ name, nics }) => nics.map((nic) => ({ name, nic })))
    .filter(({ nic }) => nic.bridge === bridge && nic.vlan === undefined)
    // A container that has a lease is offered the same address again.
    .sort((one, two) => Number(two.nic.address === "dhcp") - Number(one.nic.address === "dhcp"))
    .map(({ name, nic }) => `${name} ${nic.name}`);
  return task<DhcpOffers>({
    title: "who answers DHCP requests",
    probe: {
      command: sh`
${inspectNamed}
${inNetns}
by_dhclient() { command -v dhclient >/dev/null 2>&1 && [ -r ${probeConfigPath} ]; }
offers() {
  if by_dhclient; then
    in_netns "$pid" timeout ${PATIENCE} dhclient -4 -d -cf ${probeConfigPath} -sf /bin/true \
      -lf /dev/null -pf /dev/null "$nic" 2>&1 </dev/null | sed -n 's/^DHCPOFFER .*from \([0-9.]*\).*/\1/p'
    return
  fi
  in_netns "$pid" timeout ${PATIENCE} unshare --mount --propagation private --pid --fork --kill-child sh -c '
    for directory in /run/dhcpcd /var/lib/dhcpcd; do
      mkdir -p $directory && mount -t tmpfs tmpfs $directory || exit 1
    done
    exec dhcpcd -4 -T -d -f /dev/null -L -G -A --nodelay -c /bin/true -X 0.0.0.0/1 -X 128.0.0.0/1 "$1"' \
    sh "$nic" 2>&1 </dev/null | sed -n 's/.*: blacklisted DHCP packet from \([0-9.]*\).*/\1/p'
}
if by_dhclient || command -v dhcpcd >/dev/null 2>&1; then
  printf '%s\n' ${nics} | while read -r name nic; do
    [ -n "$name" ] || continue
    pid=$(inspect_named "$name" '{{.State.Pid}}' 2>/dev/null </dev/null)
    [ "\${pid:-0}" != 0 ] && in_netns "$pid" ip link show dev "$nic" >/dev/null 2>&1 </dev/null || continue
    echo "asker $name"
    offers | sort -u | sed 's/^/server /'
    break
  done
fi`,
      parse: ({ stdout }) => ({
        servers: [...stdout.matchAll(/^server (\S+)$/gm)].map(([, address = ""]) => address),
        asker: /^asker (\S+)$/m.exec(stdout)?.[1],
      }),
    },
    plan: () => [],
  });
};
