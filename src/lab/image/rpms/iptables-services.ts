import { initScriptlets, type RpmPackage, unitScriptlets } from "../rpm-package.ts";

// The shape of CentOS's iptables-services, without its module handling.
// https://gitlab.com/redhat/centos-stream/rpms/iptables/-/blob/c9s/iptables.init
const init = `#!/bin/bash
# iptables.init start|stop|restart|reload|status|save|panic
name=\${0##*/}; name=\${name%.init}
data=/etc/sysconfig/$name
start() {
  [ -s "$data" ] || return 6
  echo -n "$name: Applying firewall rules: "
  "$name-restore" "$data" && echo "[  OK  ]"
}
stop() {
  echo -n "$name: Flushing firewall rules: "
  for table in filter nat mangle raw; do
    "$name" -t "$table" -F && "$name" -t "$table" -X
  done
  for chain in INPUT FORWARD OUTPUT; do "$name" -P "$chain" ACCEPT; done
  echo "[  OK  ]"
}
save() {
  echo -n "$name: Saving firewall rules to $data: "
  umask 077
  "$name-save" > "$data.new" && mv "$data.new" "$data" && echo "[  OK  ]"
}
case $1 in
  start) start ;;
  stop) stop ;;
  restart|reload) start ;;
  save) save ;;
  status) "$name" -nvL ;;
  *) echo "Usage: $0 {start|stop|restart|reload|status|save}" >&2; exit 2 ;;
esac
`;

const unit = `[Unit]
Description=IPv4 firewall with iptables
AssertPathExists=/etc/sysconfig/iptables
Before=network-pre.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/libexec/iptables/iptables.init start
ExecReload=/usr/libexec/iptables/iptables.init reload
ExecStop=/usr/libexec/iptables/iptables.init stop
SyslogIdentifier=iptables.init
Environment=BOOTUP=serial
Environment=CONSOLETYPE=serial

[Install]
WantedBy=multi-user.target
`;

const forIpv6 = (text: string): string =>
  text.replaceAll("iptables", "ip6tables").replaceAll("IPv4", "IPv6");

// The rules that CentOS's package comes with.
const rules = (reject: string, icmp: string): string => `# sample configuration for iptables service
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p ${icmp} -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
-A INPUT -j REJECT --reject-with ${reject}
-A FORWARD -j REJECT --reject-with ${reject}
COMMIT
`;

// `service iptables save`: service(8) looks for an action here before it asks systemd.
const saveAction = "#!/bin/sh\nexec /usr/libexec/iptables/iptables.init save\n";

export const iptablesServices: RpmPackage = {
  name: "iptables-services",
  version: "1.8.9",
  release: "1.el9",
  summary: "iptables and ip6tables services for iptables",
  files: {
    "usr/libexec/iptables/iptables.init": { text: init, mode: 0o755 },
    "usr/libexec/iptables/ip6tables.init": { text: init, mode: 0o755 },
    "usr/lib/systemd/system/iptables.service": { text: unit },
    "usr/lib/systemd/system/ip6tables.service": {
      text: forIpv6(unit).replaceAll("/usr/libexec/ip6tables/", "/usr/libexec/iptables/"),
    },
    "usr/libexec/initscripts/legacy-actions/iptables/save": { text: saveAction, mode: 0o755 },
    "usr/libexec/initscripts/legacy-actions/ip6tables/save": {
      text: saveAction.replace("iptables.init", "ip6tables.init"),
      mode: 0o755,
    },
    "etc/sysconfig/iptables": { text: rules("icmp-host-prohibited", "icmp"), mode: 0o600 },
    "etc/sysconfig/ip6tables": { text: rules("icmp6-adm-prohibited", "ipv6-icmp"), mode: 0o600 },
  },
  requires: ["iptables", "systemd"],
  ...unitScriptlets("iptables.service", "ip6tables.service"),
};

// rc calls it by the name of a link. The line by which chkconfig knows when to start it, and the lock by which rc knows to stop it.
const initScript = init
  .replace("#!/bin/bash\n", "#!/bin/bash\n# chkconfig: 2345 08 92\n")
  .replace(/^name=.*$/m, "name=iptables")
  .replace('"$data" && echo', '"$data" && touch "/var/lock/subsys/$name" && echo')
  .replace(
    'status) "$name" -nvL ;;',
    'status) [ -e "/var/lock/subsys/$name" ] || exit 3; "$name" -nvL ;;',
  )
  .replace(
    '  echo "[  OK  ]"\n}\nsave',
    '  rm -f "/var/lock/subsys/$name"\n  echo "[  OK  ]"\n}\nsave',
  );

/** EL6's iptables package: its service is part of it, and in force on a fresh host. */
export const iptablesOfEl6: RpmPackage = {
  name: "iptables",
  version: "1.4.7",
  release: "19.el6",
  summary: "Tools for managing Linux kernel packet filtering capabilities",
  files: {
    "etc/rc.d/init.d/iptables": { text: initScript, mode: 0o755 },
    "etc/sysconfig/iptables": { text: rules("icmp-host-prohibited", "icmp"), mode: 0o600 },
  },
  ...initScriptlets("iptables"),
};
