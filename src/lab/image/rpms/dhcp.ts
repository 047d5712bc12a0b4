import { initScriptlets, type RpmPackage, unitScriptlets } from "../rpm-package.ts";

// As in CentOS's dhcp-server.
// https://gitlab.com/redhat/centos-stream/rpms/dhcp
const dhcpdUnit = `[Unit]
Description=DHCPv4 Server Daemon
Documentation=man:dhcpd(8) man:dhcpd.conf(5)
Wants=network-online.target
After=network-online.target
After=time-sync.target

[Service]
Type=notify
EnvironmentFile=-/etc/sysconfig/dhcpd
ExecStart=/usr/sbin/dhcpd -f -cf /etc/dhcp/dhcpd.conf -user dhcpd -group dhcpd --no-pid $DHCPDARGS
StandardError=null

[Install]
WantedBy=multi-user.target
`;

const dhcpdConfig = `#
# DHCP Server Configuration file.
#   see /usr/share/doc/dhcp-server/dhcpd.conf.example
#   see dhcpd.conf(5) man page
#
`;

const leaseFiles = [
  "for dir in /var/lib/dhcpd /var/lib/dhcp; do",
  "  [ -e $dir/dhcpd.leases ] || : > $dir/dhcpd.leases",
  "  chown dhcpd:dhcpd $dir $dir/dhcpd.leases",
  "done",
].join("\n");

export const dhcpServer: RpmPackage = {
  name: "dhcp-server",
  versionOf: "isc-dhcp-server",
  release: "1.b1.el9",
  summary: "Provides the ISC DHCP server",
  debs: "dhcp-server",
  only: ["usr/sbin/dhcpd", "usr/bin/omshell"],
  files: {
    // Debian's dhcpd has no readiness message for systemd, and looks for its leases where Debian keeps them.
    "usr/lib/systemd/system/dhcpd.service": {
      text: dhcpdUnit
        .replace("Type=notify", "Type=simple")
        .replace("-user dhcpd", "-lf /var/lib/dhcpd/dhcpd.leases -user dhcpd"),
    },
    "etc/dhcp/dhcpd.conf": { text: dhcpdConfig },
    "etc/sysconfig/dhcpd": { text: "# Command line options for dhcpd(8)\nDHCPDARGS=\n" },
  },
  // The second is where Debian's dhcpd looks if a drop-in calls it without -lf.
  directories: ["var/lib/dhcpd", "var/lib/dhcp"],
  requires: ["systemd"],
  pre: [
    "getent group dhcpd >/dev/null || groupadd --system dhcpd",
    "getent passwd dhcpd >/dev/null || useradd --system --gid dhcpd --home-dir / --shell /sbin/nologin dhcpd",
  ].join("\n"),
  ...unitScriptlets("dhcpd.service"),
  post: [leaseFiles, "systemctl daemon-reload >/dev/null 2>&1 || :"].join("\n"),
};

/** As before EL8: the unit reads no /etc/sysconfig/dhcpd. */
export const withoutSysconfig = (server: RpmPackage): RpmPackage => {
  const path = "usr/lib/systemd/system/dhcpd.service";
  const text = server.files?.[path]?.text ?? "";
  return {
    ...server,
    files: {
      ...server.files,
      [path]: { text: text.replace(/EnvironmentFile=.*\n/, "").replace(" $DHCPDARGS", "") },
      "etc/sysconfig/dhcpd": {
        text: "# WARNING: This file is NOT used anymore. Change the unit instead: see systemctl(1), edit.\n",
      },
    },
  };
};

// The shape of EL6's, whose options come from /etc/sysconfig/dhcpd, a file that it sources.
const dhcpdInit = `#!/bin/bash
# chkconfig: - 65 35
# description: Provides the DHCPv4 server
[ -f /etc/sysconfig/dhcpd ] && . /etc/sysconfig/dhcpd
. /etc/init.d/functions
start() {
  mkdir -p /var/run/dhcpd && chown dhcpd:dhcpd /var/run/dhcpd
  echo -n "Starting dhcpd: "
  daemon /usr/sbin/dhcpd -q -user dhcpd -group dhcpd -cf /etc/dhcp/dhcpd.conf \\
    -lf /var/lib/dhcpd/dhcpd.leases -pf /var/run/dhcpd/dhcpd.pid $DHCPDARGS && touch /var/lock/subsys/dhcpd
}
stop() { echo -n "Shutting down dhcpd: "; killproc -p /var/run/dhcpd/dhcpd.pid dhcpd; rm -f /var/lock/subsys/dhcpd; }
case $1 in
  start) start ;;
  stop) stop ;;
  restart|force-reload) [ ! -e /var/lock/subsys/dhcpd ] || stop; start ;;
  status) status -p /var/run/dhcpd/dhcpd.pid dhcpd ;;
  *) echo "Usage: $0 {start|stop|restart|force-reload|status}" >&2; exit 2 ;;
esac
`;

/** EL6's, with an init script. */
export const dhcpWithInitScript: RpmPackage = {
  ...dhcpServer,
  name: "dhcp",
  release: "1.el6",
  files: {
    "etc/rc.d/init.d/dhcpd": { text: dhcpdInit, mode: 0o755 },
    "etc/dhcp/dhcpd.conf": { text: dhcpdConfig },
    "etc/sysconfig/dhcpd": { text: "# Command line options here\nDHCPDARGS=\n" },
  },
  requires: ["initscripts"],
  ...initScriptlets("dhcpd"),
  post: [leaseFiles, "/sbin/chkconfig --add dhcpd"].join("\n"),
};

export const dhcpClient: RpmPackage = {
  name: "dhcp-client",
  versionOf: "isc-dhcp-client",
  release: "1.b1.el9",
  summary: "Provides the ISC DHCP client daemon and dhclient-script",
  debs: "dhcp-client",
  only: ["usr/sbin/dhclient"],
  directories: ["etc/dhcp", "etc/dhcp/dhclient.d", "var/lib/dhclient", "var/lib/dhcp"],
  requires: ["iproute", "iputils"],
};
