import type { FlowProgram } from "./flow-program.ts";

/**
 * Keeps tunnels apart where Open vSwitch is older than 2.7 and knows no protected ports: they are on a bridge
 * of their own, which forwards nothing between them.
 *
 * - From a tunnel frames go to the patch port alone, and their senders are learned. From the patch port
 *   they go to the tunnel where their receiver was seen, or to all. VLANs stay as they are.
 * - Flows are not in the database: whoever starts ovs-vswitchd has to put them back. Until then the bridge,
 *   being fail_mode=secure, forwards nothing, so that there is no loop at any time.
 * - Their cookie is a checksum of them all. Learned flows have another.
 * https://docs.openvswitch.org/en/stable/ref/ovs-actions.7/ (learn), ovs-ofctl(8)
 */
const text = `#!/bin/sh
# Written by weft: the next run takes changes back.
# tunnel-flows check|set BRIDGE
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
bridge=$2
vsctl() { ovs-vsctl --timeout=10 "$@"; }

flows() {
  members=" $(vsctl list-ports "$bridge" | tr '\\n' ' ')"
  patch= tunnels=
  while IFS=, read -r name type number; do
    case $members in *" $name "*) ;; *) continue ;; esac
    # A port that Open vSwitch has not opened yet, or cannot open, has no number.
    case $number in ''|*[!0-9]*) continue ;; esac
    case $type in patch) patch=$number ;; *) tunnels="$tunnels $number" ;; esac
  done <<END
$(vsctl --format=csv --no-headings --columns=name,type,ofport list Interface | tr -d '"')
END
  [ -n "$patch" ] || return 1
  all=
  # The database lists them in the order of a hash table, which is another one as soon as the table grows.
  for number in $(printf '%s\\n' $tunnels | sort -n); do
    all=$all\${all:+,}output:$number
    echo "table=0,priority=1,in_port=$number,actions=learn(table=1,priority=1,hard_timeout=300,NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),output:$patch"
  done
  echo "table=0,priority=1,in_port=$patch,actions=resubmit(,1)"
  echo "table=1,priority=0,actions=\${all:-drop}"
}

wanted=$(flows) || { echo "there is no bridge $bridge with a patch port" >&2; exit 1; }
cookie=$(printf %x "$(echo "$wanted" | cksum | sed 's/ .*//')")
current() {
  [ "$(ovs-ofctl dump-flows "$bridge" "cookie=0x$cookie/-1" | grep -c "cookie=0x$cookie,")" = "$(echo "$wanted" | wc -l | tr -d ' ')" ]
}
case $1 in
  check) current ;;
  set)
    current && exit
    ovs-ofctl del-flows "$bridge" && echo "$wanted" | sed "s/^/cookie=0x$cookie,/" | ovs-ofctl add-flows "$bridge" - ;;
  *) echo "usage: tunnel-flows check|set BRIDGE" >&2; exit 2 ;;
esac
`;

/** Keeps tunnels with a port each apart, where ports cannot be protected. */
export const portFlows: FlowProgram = {
  path: "/usr/local/libexec/weft/tunnel-flows",
  text,
  purpose: "keep the tunnels apart",
};
