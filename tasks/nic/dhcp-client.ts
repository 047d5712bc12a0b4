/** Where the files are on the host; dhclient may read and write there under SELinux too. */
export const keeperPath = "/usr/local/libexec/weft/dhcp-client";
export const hookPath = "/usr/local/libexec/weft/dhclient-script";
export const configPath = "/etc/dhcp/dhclient-weft.conf";

/**
 * Keeps a DHCP client in a container's network namespace while the container runs, and no longer: a
 * client that stays would keep the namespace of a dead container, and its NIC, alive.
 */
export const keeper = `#!/bin/sh
# Written by weft: the next run takes changes back.
# dhcp-client VETH NIC PID START
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
veth=$1 nic=$2 pid=$3 start=$4 client=
mkdir -p /var/lib/dhclient
echo $$ >"/var/run/weft-dhcp-$veth.pid"
finish() {
  [ -z "$client" ] || kill "$client" 2>/dev/null
  rm -f "/var/run/dhclient-$veth.pid" "/var/run/weft-dhcp-$veth.pid"
  exit 0
}
trap finish HUP INT TERM
# The PID alone could be another process's by now.
container_runs() {
  read -r stat 2>/dev/null <"/proc/$pid/stat" || return 1
  set -- \${stat##*) }
  [ "\${20}" = "$start" ]
}
while container_runs; do
  if [ -z "$client" ] || ! kill -0 "$client" 2>/dev/null; then
    nsenter -t "$pid" -n dhclient -4 -d -q -cf ${configPath} -sf ${hookPath} \\
      -lf "/var/lib/dhclient/weft-$veth.leases" -pf "/var/run/dhclient-$veth.pid" "$nic" &
    client=$!
  fi
  # In the background, so that a signal is heard at once.
  sleep 2 &
  wait $!
done
finish
`;

/**
 * Sets the address and nothing else: the stock script would write the host's /etc/resolv.conf, and routes.
 * See dhclient-script(8).
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
