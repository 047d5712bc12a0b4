import { inspectNamed } from "../docker/inspect-named.ts";
import { dhcpFunctions } from "./dhcp-client.ts";
import { inNetns, sameNetns } from "./in-netns.ts";
import { outsideFunctions } from "./outside.ts";
import { restoreFunctions } from "./restore.ts";

/** Where the script is on the host. */
export const scriptPath = "/usr/local/libexec/weft/nic";

/**
 * Has `other_end SHOWN` tell whether what ip shows of $nic is the other end of $veth: the ends know each other's
 * number. An old kernel has a veth's own number for both, ip then shows none, and ethtool alone tells the other's.
 */
export const otherEnd = `other_end() { # SHOWN
  read -r index 2>/dev/null <"/sys/class/net/$veth/ifindex" && read -r peer <"/sys/class/net/$veth/iflink" || return 1
  case $1 in "$peer: $nic@if$index: "*) return 0 ;; esac
  [ "$peer" = "$index" ] || return 1
  peer=$(ethtool -S "$veth" 2>/dev/null | sed -n 's/^ *peer_ifindex: //p')
  case $1 in "$peer: $nic: "*) return 0 ;; *) return 1 ;; esac
}
`;

/**
 * Attaches containers' NICs. Every step is skipped where it is not needed, so the same call mends a NIC.
 *
 * - One process at a time: a playbook's run and the host's own agent may both want the same NIC.
 * - The NIC is a veth whose one end is made right inside the container's network namespace, which is
 *   entered by the container's PID: no link in /var/run/netns that stays.
 * - `external_ids:container_id` and `container_iface` are those of ovs-docker, for its users' eyes.
 *   https://github.com/openvswitch/ovs/blob/branch-3.1/utilities/ovs-docker
 * - A stale port goes before its device is made anew: vswitchd does not notice that a port of the same name
 *   has become another device, and would go on listening to the old one. The device that it listens to
 *   is promiscuous (IFF_PROMISC, 0x100).
 * - A NIC that ovs-docker or pipework attached is adopted. https://github.com/jpetazzo/pipework
 * - What fails half way is taken back.
 */
export const script = `#!/bin/sh
# Written by weft: the next run takes changes back.
# nic attach CONTAINER NIC VETH BRIDGE MTU MAC ADDRESS|dhcp VLAN|-
# nic detach VETH
# nic restore [settled]
# nic outside check|apply
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
run=/var/run/weft held= made=

die() { echo "$*" >&2; exit 1; }
vsctl() { ovs-vsctl --timeout=15 "$@"; }
${inspectNamed.script.trim()}
${inNetns.script.trim()}
${sameNetns.script.trim()}
inside() { in_netns "$pid" "$@"; }
undo() {
  echo "$*" >&2
  if [ -n "$made" ]; then
    vsctl --if-exists del-port "$veth"
    ip link del "$veth" 2>/dev/null
  fi
  exit 1
}

# Descriptor 9 is the lock. What outlives this script must not have it.
lock() {
  [ -z "$held" ] || return 0
  mkdir -p "$run" && exec 9>"$run/lock" && flock -w 50 9 ||
    die "another process has been changing this host's NICs for 50 seconds"
}

# When a process started: its PID alone could be another one's by now. Field 22 of its stat; the name before
# it may hold anything, so count from its end.
start_of() {
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  set -- \${stat##*) }
  echo "\${20}"
}

${otherEnd}# The one inside is not the host's /sys.
joined() { [ -e "/sys/class/net/$veth" ] && other_end "$(inside ip -o link show dev "$nic" 2>/dev/null)"; }

release() { vsctl --if-exists del-port "$veth" || die "Open vSwitch does not let go of $veth"; }

# A port's VLAN as Open vSwitch writes it; none is the empty set.
tag_of() { if [ "$1" = - ]; then echo '[]'; else echo "$1"; fi; }

# Whether Open vSwitch has the device open, and as a port of the right bridge.
taken() {
  read -r flags <"/sys/class/net/$veth/flags"
  [ $((flags & 0x100)) -ne 0 ] && [ "$(vsctl port-to-br "$veth" 2>/dev/null)" = "$bridge" ]
}
${dhcpFunctions}
# Finds the host's end of a NIC that another tool attached: ovs-docker's port says which NIC it is, pipework's
# is named after it. Any other NIC of this name, such as docker0's, is left alone.
find_foreign() {
  link=$(inside ip -o link show dev "$nic" 2>/dev/null) || return 1
  index=\${link%%:*} peer=\${link#*@if} peer=\${peer%%:*}
  for path in /sys/class/net/*; do
    read -r it 2>/dev/null <"$path/ifindex" && [ "$it" = "$peer" ] || continue
    read -r it 2>/dev/null <"$path/iflink" && [ "$it" = "$index" ] || continue
    foreign=\${path##*/}
    case $foreign in
      "$veth") return 1 ;;
      "v\${nic}pl$pid") return 0 ;;
    esac
    [ "$(vsctl --if-exists get Interface "$foreign" external_ids:container_iface 2>/dev/null)" = "$nic" ]
    return
  done
  return 1
}

# The NIC stays where it is: its other end gets weft's name, and becomes a port anew.
adopt() {
  # pipework attaches to Linux bridges as well.
  ip link set dev "$foreign" nomaster 2>/dev/null
  vsctl --if-exists del-port "$foreign" && ip link set dev "$foreign" down &&
    { ip link del "$veth" 2>/dev/null; ip link set dev "$foreign" name "$veth"; } ||
    die "$foreign, which another tool attached, cannot be adopted"
}

set_address() {
  stop_client
  # The others first: the second address of a subnet goes with the first.
  for it in $(inside ip -4 -o address show dev "$nic" | while read -r _ _ _ it _; do echo "$it"; done); do
    [ "$it" = "$address" ] || inside ip address del "$it" dev "$nic"
  done
  inside ip address replace "$address" broadcast + dev "$nic" || undo "$nic does not take $address"
  # Gratuitous ARP: neighbours may remember another NIC with this address. It takes a second to end.
  if command -v arping >/dev/null 2>&1; then
    inside arping -q -c 2 -A -I "$nic" "\${address%/*}" </dev/null >/dev/null 2>&1 9>&- &
  fi
}

attach() {
  container=$1 nic=$2 veth=$3 bridge=$4 mtu=$5 mac=$6 address=$7 vlan=$8 made=
  for tool in docker ip ovs-vsctl ethtool flock; do
    command -v $tool >/dev/null 2>&1 || die "$tool is missing on this host"
  done
  lock
  found=$(inspect_named "$container" '{{.Id}} {{.State.Pid}}') && [ -n "$found" ] ||
    die "there is no container $container"
  id=\${found% *} pid=\${found#* }
  [ "$pid" -gt 0 ] || die "container $container is not running, so $nic cannot be attached to it"
  start=$(start_of "$pid") || die "container $container has just stopped"
  datapath=$(vsctl get Bridge "$bridge" datapath_type) || die "there is no bridge $bridge"

  joined || ! find_foreign || adopt
  if ! joined; then
    stop_client
    release
    ip link del "$veth" 2>/dev/null
    inside ip link show dev "$nic" >/dev/null 2>&1 &&
      die "container $container has another $nic already: give the mesh's NIC another name"
    ip link add name "$veth" mtu "$mtu" type veth \\
      peer name "$nic" address "$mac" mtu "$mtu" netns "$pid" || die "no veth can be made"
    made=yes
  elif ! taken; then
    release
  fi

  ip link set dev "$veth" mtu "$mtu" up && inside ip link set dev "$nic" mtu "$mtu" address "$mac" up ||
    undo "$veth and $nic cannot be set up"
  # The userspace datapath computes no checksums: TCP would stall while ping works.
  case $datapath in
    *netdev*)
      ethtool -K "$veth" tx off >/dev/null && inside ethtool -K "$nic" tx off >/dev/null ||
        undo "checksum offload of $veth cannot be turned off" ;;
  esac
  vsctl --may-exist add-port "$bridge" "$veth" -- set Port "$veth" "tag=$(tag_of "$vlan")" -- \\
    set Interface "$veth" "external_ids:container_id=\\"$id\\"" "external_ids:container_iface=\\"$nic\\"" \\
    "external_ids:weft_container=\\"$container\\"" "external_ids:weft_process=\\"$pid:$start\\"" ||
    undo "Open vSwitch does not take $veth as a port of $bridge"

  if [ "$address" != dhcp ]; then
    set_address
    return
  fi
  client_runs || start_client
  # A restore has other NICs to see to, and nobody waits for it.
  [ -z "$held" ] || return 0
  flock -u 9
  leased || die "no DHCP server gives $container $nic an address; its client goes on asking"
}

detach() {
  veth=$1
  lock
  stop_client
  release
  ip link del "$veth" 2>/dev/null
  rm -f "/var/run/weft-dhcp-$veth.pid" "/var/run/dhclient-$veth.pid" "/var/lib/dhclient/weft-$veth.leases"
}
${restoreFunctions}${outsideFunctions}
case $1 in
  attach) shift; attach "$@" ;;
  detach) shift; detach "$@" ;;
  restore) restore "$2" ;;
  outside)
    complaints=
    [ "$2" = check ] || lock
    read_state
    outside "$2"
    [ -z "$complaints" ] ;;
  *) echo "usage: nic attach|detach|restore|outside ..." >&2; exit 2 ;;
esac
`;
