/** Where the script is on the host. */
export const scriptPath = "/usr/local/libexec/weft/nic";

/**
 * Attaches containers' NICs. Every step is skipped where it is not needed, so the same call mends a NIC.
 *
 * - The NIC is a veth whose one end is made right inside the container's network namespace, which is
 *   entered by the container's PID: no link in /var/run/netns.
 * - `external_ids:container_id` and `container_iface` are those of ovs-docker, for its users' eyes.
 *   https://github.com/openvswitch/ovs/blob/branch-3.1/utilities/ovs-docker
 * - A stale port goes before its device is made anew: vswitchd does not notice that a port of the same name
 *   has become another device, and would go on listening to the old one. The device that it listens to
 *   is promiscuous (IFF_PROMISC, 0x100).
 * - What fails half way is taken back.
 */
export const script = `#!/bin/sh
# Written by weft: the next run takes changes back.
# nic attach CONTAINER NIC VETH BRIDGE MTU MAC ADDRESS|dhcp
# nic detach VETH
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL

die() { echo "$*" >&2; exit 1; }
vsctl() { ovs-vsctl --timeout=15 "$@"; }
inside() { nsenter -t "$pid" -n "$@"; }
undo() {
  echo "$*" >&2
  if [ -n "$made" ]; then
    vsctl --if-exists del-port "$veth"
    ip link del "$veth" 2>/dev/null
  fi
  exit 1
}

# The ends know each other's number. The one inside is not the host's /sys.
joined() {
  [ -e "/sys/class/net/$veth" ] || return 1
  read -r index <"/sys/class/net/$veth/ifindex"; read -r peer <"/sys/class/net/$veth/iflink"
  case $(inside ip -o link show dev "$nic" 2>/dev/null) in
    "$peer: $nic@if$index: "*) return 0 ;;
    *) return 1 ;;
  esac
}

release() { vsctl --if-exists del-port "$veth" || die "Open vSwitch does not let go of $veth"; }

# Whether Open vSwitch has the device open, and as a port of the right bridge.
taken() {
  read -r flags <"/sys/class/net/$veth/flags"
  [ $((flags & 0x100)) -ne 0 ] && [ "$(vsctl port-to-br "$veth" 2>/dev/null)" = "$bridge" ]
}

stop_client() {
  read -r keeper 2>/dev/null <"/var/run/weft-dhcp-$veth.pid" || return 0
  case $(tr '\\0' ' ' 2>/dev/null <"/proc/$keeper/cmdline") in *"dhcp-client $veth "*) ;; *) return 0 ;; esac
  kill "$keeper"
  for wait in 1 2 3 4 5 6 7 8 9; do
    [ -e "/proc/$keeper" ] || return 0
    sleep 0.3
  done
  kill -9 "$keeper"
}

# A client of an earlier start of the container holds that start's namespace, not this one's.
client_runs() {
  read -r client 2>/dev/null <"/var/run/dhclient-$veth.pid" &&
    [ "/proc/$client/ns/net" -ef "/proc/$pid/ns/net" ]
}

start_client() {
  command -v dhclient >/dev/null 2>&1 || undo "dhclient is missing on this host"
  stop_client
  inside ip -4 address flush dev "$nic"
  set -- /usr/local/libexec/weft/dhcp-client "$veth" "$nic" "$pid" "$start"
  if [ -d /run/systemd/system ]; then
    systemctl reset-failed "weft-dhcp-$veth.service" 2>/dev/null
    systemd-run --quiet --unit="weft-dhcp-$veth" --description="DHCP client of $container $nic" "$@"
  else
    setsid "$@" </dev/null >/dev/null 2>&1 &
  fi
}

leased() {
  for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    case $(inside ip -4 -o address show dev "$nic") in *inet*) return 0 ;; esac
    sleep 0.5
  done
  return 1
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
    inside arping -q -c 2 -A -I "$nic" "\${address%/*}" </dev/null >/dev/null 2>&1 &
  fi
}

attach() {
  container=$1 nic=$2 veth=$3 bridge=$4 mtu=$5 mac=$6 address=$7 made=
  for tool in docker nsenter ip ovs-vsctl ethtool; do
    command -v $tool >/dev/null 2>&1 || die "$tool is missing on this host"
  done
  found=$(docker inspect --type container --format '{{.Id}} {{.State.Pid}}' "$container") ||
    die "there is no container $container"
  id=\${found% *} pid=\${found#* }
  [ "$pid" -gt 0 ] || die "container $container is not running, so $nic cannot be attached to it"
  # Field 22 is when the process started; the name before it may hold anything, so count from its end.
  read -r stat <"/proc/$pid/stat" || die "container $container has just stopped"
  set -- \${stat##*) }
  start=\${20}
  datapath=$(vsctl get Bridge "$bridge" datapath_type) || die "there is no bridge $bridge"

  # What ovs-docker attached goes in the transaction that adds the port.
  stale=
  for port in $(vsctl --bare --columns=name find Interface "external_ids:container_id=$id" "external_ids:container_iface=$nic") \\
    $(vsctl --bare --columns=name find Interface "external_ids:container_id=$container" "external_ids:container_iface=$nic"); do
    [ "$port" != "$veth" ] || continue
    stale="$stale --if-exists del-port $port --"
    ip link del "$port" 2>/dev/null
  done
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
  vsctl $stale --may-exist add-port "$bridge" "$veth" -- set Interface "$veth" \\
    "external_ids:container_id=\\"$id\\"" "external_ids:container_iface=\\"$nic\\"" \\
    "external_ids:weft_container=\\"$container\\"" "external_ids:weft_process=\\"$pid:$start\\"" ||
    undo "Open vSwitch does not take $veth as a port of $bridge"

  if [ "$address" != dhcp ]; then
    set_address
  else
    client_runs || start_client
    leased || die "no DHCP server gives $container $nic an address; its client goes on asking"
  fi
}

detach() {
  veth=$1
  stop_client
  release
  ip link del "$veth" 2>/dev/null
  rm -f "/var/run/weft-dhcp-$veth.pid" "/var/run/dhclient-$veth.pid" "/var/lib/dhclient/weft-$veth.leases"
}

case $1 in
  attach) shift; attach "$@" ;;
  detach) shift; detach "$@" ;;
  *) echo "usage: nic attach|detach ..." >&2; exit 2 ;;
esac
`;
