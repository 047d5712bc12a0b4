import { type RpmPackage, unitScriptlets } from "../rpm-package.ts";

// As in CentOS's kea.
// https://gitlab.com/redhat/centos-stream/rpms/kea
const unit = `[Unit]
Description=Kea DHCPv4 Server
Documentation=man:kea-dhcp4(8)
Wants=network-online.target
After=network-online.target
After=time-sync.target

[Service]
Type=simple
User=kea
AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_NET_RAW
RuntimeDirectory=kea
RuntimeDirectoryPreserve=yes
LogsDirectory=kea
LogsDirectoryMode=0750
StateDirectory=kea
StateDirectoryMode=0750
ConfigurationDirectory=kea
Environment="KEA_PIDFILE_DIR=/run/kea"
Environment="KEA_LOCKFILE_DIR=/run/kea"
Environment="KEA_LOGGER_DESTINATION=/var/log/kea"
ExecStart=/usr/sbin/kea-dhcp4 -c /etc/kea/kea-dhcp4.conf

[Install]
WantedBy=multi-user.target
`;

export const kea: RpmPackage = {
  name: "kea",
  versionOf: "kea-dhcp4-server",
  release: "1.el10",
  summary: "DHCPv4, DHCPv6 and DDNS server from ISC",
  debs: "kea",
  without: ["etc/mysql", "usr/lib/systemd", "usr/share/mysql"],
  files: { "usr/lib/systemd/system/kea-dhcp4.service": { text: unit } },
  requires: ["systemd"],
  pre: [
    "getent group kea >/dev/null || groupadd --system kea",
    "getent passwd kea >/dev/null || useradd --system --gid kea --home-dir / --shell /sbin/nologin kea",
  ].join("\n"),
  ...unitScriptlets("kea-dhcp4.service"),
};
