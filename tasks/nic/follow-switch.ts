/**
 * What systemd does by itself where ovs-vswitchd starts again, and SysV's init does not: weft's init scripts
 * that come after Open vSwitch's run once more, and the DHCP server, whose bridge has lost its address. At
 * boot rc runs them, and the agent has only to remember which ovs-vswitchd that was.
 */
export const followSwitchFunction = `
follow_switch() {
  [ ! -d /run/systemd/system ] || return 0
  read -r switch 2>/dev/null </var/run/openvswitch/ovs-vswitchd.pid || return 0
  switch="$switch $(start_of "$switch")" before=
  read -r before 2>/dev/null </var/run/weft/switch
  [ "$switch" != "$before" ] || return 0
  mkdir -p /var/run/weft && echo "$switch" >/var/run/weft/switch
  [ -n "$before" ] || return 0
  for script in /etc/init.d/weft-underlay /etc/init.d/weft-bridge-* /etc/init.d/weft-flows-*; do
    [ -x "$script" ] || continue
    if said=$("$script" restart 2>&1 </dev/null); then
      echo "\${script##*/}: started again with Open vSwitch"
    else
      complain "\${script##*/}: $said"
    fi
  done
  if [ -e /var/lock/subsys/dhcpd ] && grep -q 'Written by weft' /etc/sysconfig/dhcpd 2>/dev/null; then
    said=$(service dhcpd restart 2>&1 </dev/null) || complain "dhcpd: $said"
  fi
}
`;
