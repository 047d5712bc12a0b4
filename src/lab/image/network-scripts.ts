import type { TextFile } from "./rpm-package.ts";

// CentOS's ifcfg files and their commands, as far as a static address needs them. The OVS types are
// those of Open vSwitch's own ifup-ovs:
// https://github.com/openvswitch/ovs/blob/branch-3.1/rhel/README.RHEL.rst
const ifup = `#!/bin/bash
# ifup NAME...: brings interfaces up as /etc/sysconfig/network-scripts/ifcfg-NAME says.
up() (
  config=/etc/sysconfig/network-scripts/ifcfg-\${1#ifcfg-}
  [ -r "$config" ] || { echo "ifup: $config: no such file" >&2; exit 1; }
  DEVICE=\${1#ifcfg-}
  . "$config" || exit 1
  case \${TYPE:-Ethernet} in
    OVS*) systemctl is-active --quiet openvswitch.service || systemctl start openvswitch.service || exit 1 ;;
  esac
  case \${TYPE:-Ethernet} in
    OVSBridge) ovs-vsctl --may-exist add-br "$DEVICE" $OVS_OPTIONS \${OVS_EXTRA:+-- $OVS_EXTRA} ;;
    OVSPort) ovs-vsctl --may-exist add-port "$OVS_BRIDGE" "$DEVICE" $OVS_OPTIONS \${OVS_EXTRA:+-- $OVS_EXTRA} ;;
    OVSIntPort)
      ovs-vsctl --may-exist add-port "$OVS_BRIDGE" "$DEVICE" $OVS_OPTIONS \\
        -- set Interface "$DEVICE" type=internal \${OVS_EXTRA:+-- $OVS_EXTRA} ;;
  esac || exit 1
  [ -z "$MTU" ] || ip link set "$DEVICE" mtu "$MTU" || exit 1
  ip link set "$DEVICE" up || exit 1
  if [ -n "$IPADDR" ]; then
    if [ -z "$PREFIX" ]; then
      PREFIX=0
      for octet in \${NETMASK//./ }; do
        while [ "$octet" -gt 0 ]; do PREFIX=$((PREFIX + octet % 2)); octet=$((octet / 2)); done
      done
    fi
    ip address replace "$IPADDR/$PREFIX" broadcast + dev "$DEVICE" || exit 1
    # As CentOS does: neighbours learn at once where the address is now.
    arping -q -A -c 1 -I "$DEVICE" "$IPADDR" >/dev/null 2>&1 &
  fi
  [ -z "$GATEWAY" ] || ip route replace default via "$GATEWAY" dev "$DEVICE"
)
status=0
for name; do up "$name" || status=1; done
exit $status
`;

const ifdown = `#!/bin/bash
# ifdown NAME...: takes interfaces down.
status=0
for name; do
  ip -4 address flush dev "\${name#ifcfg-}" && ip link set "\${name#ifcfg-}" down || status=1
done
exit $status
`;

// Plain interfaces first, then bridges, then the ports that need a bridge.
const network = `#!/bin/bash
# Brings up every interface with ONBOOT=yes; TYPE decides the order.
ip link set lo up
cd /etc/sysconfig/network-scripts || exit 1
status=0
for round in plain bridge port; do
  for config in ifcfg-*; do
    [ -e "$config" ] && [ "$config" != ifcfg-lo ] || continue
    case $config in *.bak|*.orig|*.rpmnew|*.rpmsave|*~) continue ;; esac
    kind=$(. "./$config"; case $TYPE in OVSBridge) echo bridge ;; OVS*) echo port ;; *) echo plain ;; esac
      case \${ONBOOT,,} in no|false|0) echo off ;; esac)
    [ "$kind" = "$round" ] || continue
    /usr/sbin/ifup "$config" || status=1
  done
done
exit $status
`;

const unit = `[Unit]
Description=LSB: Bring up/down networking
Wants=network.target
Before=network.target network-online.target
After=network-pre.target openvswitch.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/libexec/network-scripts/network
ExecReload=/usr/libexec/network-scripts/network

[Install]
WantedBy=multi-user.target
`;

export const networkScripts: Readonly<Record<string, TextFile>> = {
  "usr/sbin/ifup": { text: ifup, mode: 0o755 },
  "usr/sbin/ifdown": { text: ifdown, mode: 0o755 },
  "usr/libexec/network-scripts/network": { text: network, mode: 0o755 },
  "usr/lib/systemd/system/network.service": { text: unit },
  "etc/sysconfig/network": { text: "# Created by the weft lab\n" },
};
