import { noSuchContainer } from "../docker/inspect-named.ts";
import { statePath } from "./declared.ts";
import { followSwitchFunction } from "./follow-switch.ts";

/** The exit status of `nic restore settled` for "later" (EX_TEMPFAIL of sysexits.h). */
export const UNSETTLED = 75;

/**
 * Brings the host's NICs to the declared state, and says what it did: what the host's agent does whenever
 * something has happened. Complaints go to stderr, and make it fail.
 *
 * - A port is stale where its container's process has ended, or its device is gone. To see that takes no
 *   Docker, which may be down itself.
 * - A lease is kept as long as there is the container, so that it gets the same address again.
 * - The state is read once, under the lock: a playbook's run that writes another one meanwhile finds its NICs as
 *   they were. With "settled", nothing is done where one has just written it: it is at work on all of it, and
 *   tells what it changed.
 * - Docker's and Open vSwitch's state is asked for once, whatever the number of NICs.
 */
export const restoreFunctions = `${followSwitchFunction}
say() { echo "\${container:-$veth} \${nic:-}: $*"; }
complain() { echo "$*" >&2; complaints=yes; }
read_state() { state=$(cat ${statePath} 2>/dev/null); }
declared() { echo "$state" | grep "^$1 "; }

# Whether the state was written less than ten seconds ago.
fresh() {
  age=$(($(date +%s) - $(stat -c %Y ${statePath} 2>/dev/null || echo 0)))
  [ $age -ge 0 ] && [ $age -lt 10 ]
}

# Ports that weft made, one a line: VETH CONTAINER NIC ID PROCESS. A row prints as a line of its name, one
# of its ids, and an empty one.
own_ports() {
  rows=$(vsctl --bare --columns=name,external_ids find Interface 'external_ids:weft_process!=none') || return
  echo "$rows" |
    while read -r veth && read -r ids; do
      read -r _
      for it in $ids; do
        case $it in
          container_id=*) id=\${it#*=} ;;
          container_iface=*) nic=\${it#*=} ;;
          weft_container=*) container=\${it#*=} ;;
          weft_process=*) process=\${it#*=} ;;
        esac
      done
      echo "$veth $container $nic $id $process"
    done
}

# Whether a NIC of a running container ($id, $pid, $start) is as declared.
intact() {
  case $ports in *"$veth $container $nic $id $pid:$start"*) ;; *) return 1 ;; esac
  case $members in *" $bridge/$veth "*) ;; *) return 1 ;; esac
  case "$nl$tags$nl" in *"$nl$veth,$(tag_of "$vlan")$nl"*) ;; *) return 1 ;; esac
  cd "/sys/class/net/$veth" 2>/dev/null || return 1
  read -r flags <flags; read -r now <mtu
  cd /
  # IFF_UP and IFF_PROMISC.
  [ $((flags & 0x101)) -eq $((0x101)) ] && [ "$now" = "$mtu" ] || return 1
  now=$(inside ip address show dev "$nic" 2>/dev/null)
  # All in one process, for hosts with many NICs.
  other_end "$now" || return 1
  case $now in *[,'<']UP[,'>']*" mtu $mtu "*" link/ether $mac "*) ;; *) return 1 ;; esac
  [ "$address" != dhcp ] || { client_runs; return; }
  now=$(echo "$now" | sed -n 's/^ *inet \\([^ ]*\\) .*/\\1/p')
  [ "$now" = "$address" ] && ! client_runs
}

restore_bridges() {
  declared bridge | while read -r _ bridge; do
    if read -r flags 2>/dev/null <"/sys/class/net/$bridge/flags" && [ $((flags & 1)) -eq 0 ]; then
      ip link set dev "$bridge" up
      case $(vsctl get Bridge "$bridge" datapath_type) in
        *netdev*) ethtool -K "$bridge" tx off >/dev/null ;;
      esac
      echo "bridge $bridge: brought up"
    fi
  done
}

remove_stale_ports() {
  while read -r veth container nic id process; do
    [ -n "$veth" ] || continue
    [ ! -e "/sys/class/net/$veth" ] || [ "$(start_of "\${process%:*}")" != "\${process#*:}" ] || continue
    said=$( (stop_client; release; ip link del "$veth" 2>/dev/null; true) 2>&1) || { complain "$said"; continue; }
    say "port and client of an ended container removed"
  done <<END
$ports
END
}

# What ovs-docker and pipework left on the host's bridges: a port whose device went with its container.
remove_foreign_ports() {
  for port in $(vsctl --bare --columns=name find Interface 'type=""'); do
    case $members in *"/$port "*) ;; *) continue ;; esac
    [ ! -e "/sys/class/net/$port" ] || continue
    case $port in
      wv*) continue ;;
      v*pl[0-9]*) ;;
      *) vsctl get Interface "$port" external_ids:container_iface >/dev/null 2>&1 || continue ;;
    esac
    vsctl --if-exists del-port "$port" && echo "$port: port of an ended container removed"
  done
}

# What a container that Docker does not have any more left behind.
remove_leases() {
  for path in /var/lib/dhclient/weft-wv*.leases; do
    [ -e "$path" ] || continue
    veth=\${path##*/weft-}; veth=\${veth%.leases} container= nic=
    read -r _ container nic _ <<END
$(declared nic | grep " $veth ")
END
    case "$nl$found$nl" in *"$nl/$container "*) continue ;; esac
    case $ports in *"$veth "*) [ ! -e "/sys/class/net/$veth" ] || continue ;; esac
    said=$(detach "$veth" 2>&1) && say "lease of a removed container removed" || complain "$said"
  done
}

# ovs-docker and pipework link network namespaces there, and leave the links.
remove_dangling_links() {
  for path in /var/run/netns/*; do
    if [ -L "$path" ] && [ ! -e "$path" ]; then rm -f "$path" && echo "$path: dangling link removed"; fi
  done
}

restore_nics() {
  while read -r _ container nic veth bridge mtu mac address vlan; do
    [ -n "$container" ] || continue
    it=\${nl}$found$nl
    case $it in *"$nl/$container "*) ;; *) continue ;; esac
    it=\${it#*"$nl/$container "}; it=\${it%%"$nl"*}
    id=\${it% *} pid=\${it#* }
    start=$(start_of "$pid") || continue
    intact && continue
    if said=$(attach "$container" "$nic" "$veth" "$bridge" "$mtu" "$mac" "$address" "$vlan" 2>&1 </dev/null); then
      say "attached to $bridge with $address"
    else
      complain "$container $nic: $said"
    fi
  done <<END
$(declared nic)
END
}

restore() { # [settled]
  complaints= nl='
'
  lock
  if [ "$1" = settled ] && fresh; then exit ${UNSETTLED}; fi
  read_state
  held=yes
  ports=$(own_ports) || die "Open vSwitch does not answer"
  follow_switch
  tags=$(vsctl --format=csv --no-headings --columns=name,tag list Port) members=' '
  for bridge in $(declared nic | while read -r _ _ _ _ bridge _; do echo "$bridge"; done | sort -u); do
    for port in $(vsctl list-ports "$bridge" 2>/dev/null); do members="$members$bridge/$port "; done
  done
  restore_bridges
  remove_stale_ports
  remove_foreign_ports
  remove_dangling_links
  names=$(declared nic | while read -r _ container _; do echo "$container"; done | sort -u)
  found=
  if [ -n "$names" ]; then
    # One that Docker does not have is no fault of the others; nor is one whose ID begins like another's name.
    answer=$(inspect_containers '{{.Name}} {{.Id}} {{.State.Pid}}' $names 2>&1)
    found=$(echo "$answer" | grep '^/')
    answer=$(echo "$answer" | grep -v -E '^/|^$|${noSuchContainer}') && die "Docker does not answer: $answer"
  fi
  ports=$(own_ports)
  restore_nics
  remove_leases
  outside apply
  [ -z "$complaints" ]
}
`;
