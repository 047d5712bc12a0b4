/** Where the script is on the host. */
export const scriptPath = "/usr/local/libexec/weft/underlay";

/** The routing table that leads over the NIC while br-phy has the address. */
export const fallbackTable = 4789;

/**
 * Moves a NIC's IPv4 addresses and routes to an Open vSwitch bridge that has the NIC as a port, and back.
 *
 * - Started by systemd, so that no cut connection and no signal to a login shell ends it midway.
 * - The NIC keeps each address as a /32: it is the host's own at every moment. The bridge has the NIC's MAC
 *   address, so neighbours notice nothing.
 * - The NIC's routes stay in a table of their own, asked after the main one. Where ovs-vswitchd dies, br-phy
 *   loses its carrier, its routes are skipped (ignore_routes_with_linkdown) and the host is reached over
 *   the NIC again, with no process taking part.
 * - The kernel goes on receiving what arrives on the NIC: "packets received on the interface still also
 *   pass into the kernel TCP/IP stack", https://docs.openvswitch.org/en/stable/intro/install/userspace/.
 *   Strict reverse path filtering drops those copies, ARP requests too, while the way back is br-phy, and
 *   lets them in when it is not, which the fixed DROP rules of that page would not.
 *   https://docs.kernel.org/networking/ip-sysctl.html
 * - IPv6 stays on the NIC.
 * - Open vSwitch reads the standard tables only, and takes the last of two routes for one network: so the
 *   main table must not keep the NIC's. https://github.com/openvswitch/ovs/blob/branch-3.1/lib/route-table.c
 */
export const script = `#!/bin/sh
# Written by weft: the next run takes changes back.
# underlay start|stop|reset NIC BRIDGE
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
trap '' HUP INT TERM PIPE
nic=$2 bridge=$3 state=/var/run/weft-underlay-$2 table=${fallbackTable} conf=/proc/sys/net/ipv4/conf

say() { echo "underlay: $*" >&2; }
addresses() {
  ip -4 -o address show dev "$1" scope global 2>/dev/null |
    while read -r _ _ _ address _; do echo "$address"; done
}
# Routes of a device, those first that a gateway may need.
all_routes() {
  found=$(ip -4 route show dev "$1" table "$2" 2>/dev/null | sed 's/ linkdown//; s/ dead//')
  echo "$found" | grep 'scope link'
  echo "$found" | grep -v 'scope link' | grep .
}
# The same without the ones that its addresses bring along.
routes() { all_routes "$@" | grep -v 'proto kernel'; }
brd() { case $1 in */3[12]) ;; *) echo 'broadcast +' ;; esac; }
# Has every address and route of one device on the other. Replacing a route is atomic.
carry() { # FROM-ROUTES TO
  while read -r address; do
    echo "address replace $address $(brd "$address") dev $2"
  done <"$state"
  echo "$1" | while read -r route; do
    if [ -n "$route" ]; then echo "route replace $route dev $2 table main"; fi
  done
}

back() {
  [ -s "$state" ] || return 0
  carry "$(routes "$nic" $table)" "$nic" | ip -batch - || say "cannot bring all of it back to $nic"
  while read -r address; do
    ip address del "$address" dev "$bridge" 2>/dev/null
    case $address in */32) ;; *) ip address del "\${address%/*}/32" dev "$nic" 2>/dev/null ;; esac
  done <"$state"
  while ip rule del lookup $table 2>/dev/null; do :; done
  ip route flush table $table 2>/dev/null
  rm -f "$state"
}

add_bridge() {
  ovs-vsctl --timeout=30 --may-exist add-br "$bridge" -- \\
    set Bridge "$bridge" datapath_type=netdev fail_mode=standalone "other_config:hwaddr=\\"$mac\\"" "$@"
}
prepare() {
  mac=$(cat "/sys/class/net/$nic/address") mtu=$(cat "/sys/class/net/$nic/mtu")
  if said=$(add_bridge -- set Interface "$bridge" "mtu_request=$mtu" 2>&1); then
    [ -z "$said" ] || say "$said"
  else
    case $said in
      # Before 2.6: the device keeps what it is given.
      *'does not contain a column'*) add_bridge && ip link set dev "$bridge" mtu "$mtu" || return 1 ;;
      *) say "$said"; return 1 ;;
    esac
  fi
  [ -e "/sys/class/net/$bridge" ] || { say "Open vSwitch made no $bridge"; return 1; }
  # What the NIC had before, for teardown; a reboot takes it back by itself.
  if [ ! -e "$state.before" ]; then
    {
      ethtool -k "$nic" 2>/dev/null | sed -n 's/^generic-receive-offload: on$/gro/p; s/^large-receive-offload: on$/lro/p'
      for file in $conf/*/rp_filter; do echo "$file $(cat "$file")"; done
    } >"$state.before"
  fi
  # The strictest of "all" and the interface's own value counts, and 2 (loose) is more than 1 (strict).
  if [ "$(cat $conf/all/rp_filter)" = 2 ]; then
    for file in $conf/*/rp_filter; do
      [ "$(cat "$file")" != 0 ] || echo 2 >"$file"
    done
    echo 0 >$conf/all/rp_filter
  fi
  echo 1 >"$conf/$nic/rp_filter"; echo 1 >"$conf/$bridge/rp_filter"
  echo 1 2>/dev/null >"$conf/$bridge/ignore_routes_with_linkdown"
  echo 1 2>/dev/null >"/proc/sys/net/ipv6/conf/$bridge/disable_ipv6"
  # The userspace datapath computes no checksums for the kernel, and takes no frames that are merged.
  ethtool -K "$bridge" tx off >/dev/null 2>&1
  for feature in gro lro; do ethtool -K "$nic" $feature off >/dev/null 2>&1; done
  ip link set dev "$bridge" up && ovs-vsctl --timeout=30 --may-exist add-port "$bridge" "$nic"
}

# Whether a neighbour answers over a device; ARP is enough.
answers() {
  for try in 1 2 3; do
    for neighbour in $2; do
      ping -n -c 1 -W 1 -I "$1" "$neighbour" >/dev/null 2>&1 && return 0
      case $(ip -4 neighbour show to "$neighbour" dev "$1") in
        *REACHABLE*|*DELAY*) return 0 ;;
      esac
    done
  done
  return 1
}

start() {
  # At boot the NIC may still be waiting for its address.
  waited=0
  until [ -n "$(addresses "$nic")" ]; do
    [ $waited -lt 30 ] || { say "$nic has no IPv4 address"; return 1; }
    sleep 1; waited=$((waited + 1))
  done
  # Where it was moved before and something has changed since: once more from the beginning.
  back
  prepare || { say "$bridge cannot carry the address; it stays on $nic"; return 1; }
  neighbours=$(ip -4 neighbour show dev "$nic" nud reachable | sed 's/ .*//' | head -n 3)
  addresses "$nic" >"$state"
  all_routes "$nic" main | while read -r route; do
    echo "route replace $route dev $nic table $table"
  done | ip -force -batch - || say "a route of $nic leads nowhere and is not kept"
  kept=$(routes "$nic" $table)
  ip rule show | grep -q "lookup $table" || ip rule add priority 33000 lookup $table
  {
    while read -r address; do echo "address replace \${address%/*}/32 dev $nic"; done <"$state"
    carry "$kept" "$bridge"
  } | ip -batch - || { say "$bridge does not take the address; it stays on $nic"; back; return 1; }
  # The second address of a subnet goes with the first, so not every one is still there.
  while read -r address; do
    case $address in */32) ;; *) echo "address del $address dev $nic" ;; esac
  done <"$state" | ip -force -batch - 2>/dev/null
  all_routes "$nic" main | while read -r route; do
    echo "route del $route dev $nic table main"
  done | ip -batch -
  if [ -n "$neighbours" ] && ! answers "$bridge" "$neighbours"; then
    say "nobody answers over $bridge; the address goes back to $nic"
    back
    ovs-vsctl --timeout=30 --if-exists del-br "$bridge"
    return 1
  fi
}

# The NIC as it was before the first start since the host booted.
reset() {
  back
  if [ -e "$state.before" ]; then
    while read -r key value; do
      case $key in
        /*) [ ! -e "$key" ] || echo "$value" >"$key" ;;
        *) ethtool -K "$nic" "$key" on >/dev/null 2>&1 ;;
      esac
    done <"$state.before"
    rm -f "$state.before"
  fi
}

case $1 in
  start) start ;;
  stop) back ;;
  reset) reset ;;
  *) echo "usage: underlay start|stop|reset NIC BRIDGE" >&2; exit 2 ;;
esac
`;
