import type { FlowProgram } from "./flow-program.ts";

/**
 * Flows of a bridge with one tunnel port that leads to every host (`options:remote_ip=flow`).
 *
 * | table | frames | |
 * |---|---|---|
 * | 0 | from the tunnel port | of listed hosts only (tun_src) go to table 2; of others nowhere |
 * | 0 | from the patch port | go to table 1 |
 * | 1 | | to the host where their receiver was seen, within 300 s; else on to table 3. VLANs are kept apart |
 * | 2 | from a listed host | their sender is learned in table 1; they go to the patch port alone, so that there is no loop |
 * | 3 | broadcasts, multicasts, receivers not seen yet | to every listed host; a thousand of them a table |
 *
 * - The hosts are in the port's external_ids, which survives what flows do not: `weft_peer/ADDRESS=NAME`.
 * - One OpenFlow message holds 65,535 bytes, so 2,047 hosts at 32 bytes each.
 * - Addresses are numbers (load:0xc0a8386a), for that is how diff-flows has them from the switch.
 * - The bundle is one transaction: no frame meets half of the flows. It forgets what table 1 has learned, so that
 *   nothing goes to a host that is no longer listed.
 * https://docs.openvswitch.org/en/stable/ref/ovs-actions.7/ (learn), ovs-fields(7) (tun_src), ovs-ofctl(8)
 */
const text = `#!/bin/sh
# Written by weft: the next run takes changes back.
# peer-flows check|set BRIDGE
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
bridge=$2
vsctl() { ovs-vsctl --timeout=10 "$@"; }

# Finds the bridge's two ports and their numbers. One that Open vSwitch has not opened yet, or cannot open, has none.
find_ports() {
  members=" $(vsctl list-ports "$bridge" | tr '\\n' ' ')"
  patch= tunnel=
  while IFS=, read -r name type number options; do
    case $members in *" $name "*) ;; *) continue ;; esac
    case $number in ''|*[!0-9]*) continue ;; esac
    case $type,$options in
      patch,*) patch=$number ;;
      *remote_ip=flow*) tunnel=$number port=$name ;;
    esac
  done <<END
$(vsctl --format=csv --no-headings --columns=name,type,ofport,options list Interface | tr -d '"')
END
  [ -n "$patch" ] && [ -n "$tunnel" ]
}

peers() {
  vsctl --bare --columns=external_ids list Port "$port" | tr ' ' '\\n' | sed -n 's|^weft_peer/\\([0-9.]*\\)=.*|\\1|p'
}

flows() {
  echo "table=0,priority=1,in_port=$patch,actions=resubmit(,1)"
  echo "table=1,priority=0,actions=resubmit(,3)"
  echo "table=2,priority=0,actions=learn(table=1,priority=1,hard_timeout=300,NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],load:NXM_NX_TUN_IPV4_SRC[]->NXM_NX_TUN_IPV4_DST[],output:NXM_OF_IN_PORT[]),output:$patch"
  all=$(peers)
  for it in $all; do echo "table=0,priority=1,in_port=$tunnel,tun_src=$it,actions=resubmit(,2)"; done
  table=3 count=0
  printf 'table=3,priority=0,actions='
  [ -n "$all" ] || { echo drop; return; }
  for it in $all; do
    if [ $count -eq 1000 ]; then
      table=$((table + 1)) count=0
      printf ',resubmit(,%d)\\ntable=%d,priority=0,actions=' $table $table
    fi
    [ $count -eq 0 ] || printf ,
    count=$((count + 1))
    IFS=.; set -- $it; unset IFS
    printf 'load:0x%x->NXM_NX_TUN_IPV4_DST[],output:%d' $((($1 << 24) + ($2 << 16) + ($3 << 8) + $4)) "$tunnel"
  done
  echo
}

find_ports || { echo "there is no bridge $bridge with a patch port and a tunnel port that leads to every host" >&2; exit 1; }

# Whether nothing differs (status 2), but for what was learned.
current() {
  differences=$(flows | ovs-ofctl diff-flows "$bridge" /dev/stdin)
  case $? in
    0) ;;
    2) ! echo "$differences" | grep -qv '^-table=1 ' ;;
    *) return 1 ;;
  esac
}

case $1 in
  check) current ;;
  set) current || flows | ovs-ofctl --bundle replace-flows "$bridge" - ;;
  *) echo "usage: peer-flows check|set BRIDGE" >&2; exit 2 ;;
esac
`;

/** One tunnel port for all peers, flows for each. */
export const peerFlows: FlowProgram = {
  path: "/usr/local/libexec/weft/peer-flows",
  text,
  purpose: "lead frames to their hosts",
};
