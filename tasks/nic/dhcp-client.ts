/** Where the files are on the host; dhclient may read and write there under SELinux too. */
export const keeperPath = "/usr/local/libexec/weft/dhcp-client";
export const hookPath = "/usr/local/libexec/weft/dhclient-script";
export const configPath = "/etc/dhcp/dhclient-weft.conf";
export const probeConfigPath = "/usr/local/libexec/weft/dhclient-probe.conf";

/**
 * Keeps a DHCP client in a container's network namespace while the container runs, and no longer: a
 * client that stays would keep the namespace of a dead container, and its NIC, alive.
 *
 * dhcpcd (EL10) calls its files by the NIC's name, which is the same in many containers: so each has
 * /run/dhcpcd and /var/lib/dhcpcd to itself. What it is told on its command line: no configuration file, no
 * link-local address, no gateway, no ARP probes, no timeout, and to leave the address to the hook.
 * https://man.archlinux.org/man/dhcpcd.8, dhcpcd.conf(5)
 */
export const keeper = `#!/bin/sh
# Written by weft: the next run takes changes back.
# dhcp-client VETH NIC PID START
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
veth=$1 nic=$2 pid=$3 start=$4 client= link=
mkdir -p /var/lib/dhclient
echo $$ >"/var/run/weft-dhcp-$veth.pid"
finish() {
  if [ -n "$client" ]; then kill "$client" && wait "$client"; fi 2>/dev/null
  rm -f "/var/run/dhclient-$veth.pid" "/var/run/weft-dhcp-$veth.pid" $link
  exit 0
}
trap finish HUP INT TERM
# The PID alone could be another process's by now.
container_runs() {
  read -r stat 2>/dev/null <"/proc/$pid/stat" || return 1
  set -- \${stat##*) }
  [ "\${20}" = "$start" ]
}
# EL6 has no nsenter, and ip looks for a link.
enter() {
  if command -v nsenter >/dev/null 2>&1; then exec nsenter -n -t "$pid" "$@"; fi
  mkdir -p /var/run/netns && ln -sfn "/proc/$pid/ns/net" "$link" && exec ip netns exec "\${link##*/}" "$@"
}
start_client() {
  command -v nsenter >/dev/null 2>&1 || link=/var/run/netns/weft-dhcp-$veth
  if command -v dhclient >/dev/null 2>&1; then
    enter dhclient -4 -d -q -cf ${configPath} -sf ${hookPath} \\
      -lf "/var/lib/dhclient/weft-$veth.leases" -pf "/var/run/dhclient-$veth.pid" "$nic" &
    client=$!
  else
    enter unshare --mount --propagation private sh -c '
      for directory in /run/dhcpcd /var/lib/dhcpcd; do
        mkdir -p $directory && mount -t tmpfs tmpfs $directory || exit 1
      done
      exec dhcpcd -4 -B -q -f /dev/null -L -G -A -t 0 --noconfigure -c ${hookPath} "$1"' sh "$nic" &
    client=$!
    echo $client >"/var/run/dhclient-$veth.pid"
  fi
}
while container_runs; do
  if [ -z "$client" ] || ! kill -0 "$client" 2>/dev/null; then start_client; fi
  # In the background, so that a signal is heard at once.
  sleep 5 &
  wait $!
  [ -z "$link" ] || rm -f "$link"
done
finish
`;

/** How the NIC script starts and stops clients. $pid and $start are the container's process. */
export const dhcpFunctions = `
# Whether a process has a word on its command line.
runs_with() { case $(tr '\\0' ' ' 2>/dev/null <"/proc/$1/cmdline") in *"$2"*) return 0 ;; *) return 1 ;; esac; }

# Its keeper ends the client; one whose keeper was killed is ended as well.
stop_client() {
  read -r keeper 2>/dev/null <"/var/run/weft-dhcp-$veth.pid" && end "$keeper" "dhcp-client $veth "
  read -r client 2>/dev/null <"/var/run/dhclient-$veth.pid" && end "$client" "dhclient-$veth.pid "
}

end() {
  runs_with "$@" || return 0
  kill "$1"
  for wait in 1 2 3 4 5 6 7 8 9; do
    [ -e "/proc/$1" ] || return 0
    sleep 0.3
  done
  kill -9 "$1"
}

# A client of an earlier start of the container holds that start's namespace, not this one's.
client_runs() {
  read -r client 2>/dev/null <"/var/run/dhclient-$veth.pid" &&
    same_netns "$client" "$pid" &&
    read -r keeper 2>/dev/null <"/var/run/weft-dhcp-$veth.pid" &&
    runs_with "$keeper" "dhcp-client $veth $nic $pid $start "
}

start_client() {
  command -v dhclient >/dev/null 2>&1 || command -v dhcpcd >/dev/null 2>&1 ||
    undo "neither dhclient nor dhcpcd is on this host"
  stop_client
  inside ip -4 address flush dev "$nic"
  set -- ${keeperPath} "$veth" "$nic" "$pid" "$start"
  if [ -d /run/systemd/system ]; then
    systemctl reset-failed "weft-dhcp-$veth.service" 2>/dev/null
    systemd-run --quiet --unit="weft-dhcp-$veth" --description="DHCP client of $container $nic" "$@"
  else
    setsid "$@" </dev/null >/dev/null 2>&1 9>&- &
  fi
}

leased() {
  for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    case $(inside ip -4 -o address show dev "$nic") in *inet*) return 0 ;; esac
    sleep 0.5
  done
  return 1
}
`;

/**
 * Sets the address and nothing else: the stock script would write the host's /etc/resolv.conf, and routes.
 * See dhclient-script(8); dhcpcd-run-hooks(8) has the same variables.
 */
export const hook = `#!/bin/sh
# Written by weft: the next run takes changes back.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
case $reason in
  PREINIT) ip link set dev "$interface" up ;;
  BOUND|RENEW|REBIND|REBOOT)
    # The old address first: the second one of a subnet goes with the first.
    if [ -n "$old_ip_address" ] && [ "$old_ip_address" != "$new_ip_address" ]; then
      ip address del "$old_ip_address/$old_subnet_mask" dev "$interface"
    fi
    ip address replace "$new_ip_address/$new_subnet_mask" broadcast + dev "$interface" || exit 1
    case $reason in
      BOUND|REBOOT)
        if command -v arping >/dev/null 2>&1; then
          arping -q -c 2 -A -I "$interface" "$new_ip_address" </dev/null >/dev/null 2>&1 &
        fi ;;
    esac ;;
  EXPIRE|FAIL|RELEASE|STOP)
    [ -z "$old_ip_address" ] || ip address del "$old_ip_address/$old_subnet_mask" dev "$interface" ;;
  TIMEOUT) exit 1 ;;
esac
exit 0
`;

/** dhclient.conf(5): asks often, since a container waits; asks for no router and no name server. */
export const config = `# Written by weft: the next run takes changes back.
timeout 60;
retry 5;
reboot 3;
initial-interval 1;
backoff-cutoff 4;
request subnet-mask, broadcast-address;
`;

/** For a client that only listens to who offers addresses: it is ended before it takes one. */
export const probeConfig = `# Written by weft: the next run takes changes back.
select-timeout 60;
initial-interval 1;
backoff-cutoff 2;
`;
