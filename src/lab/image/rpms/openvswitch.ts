import { type RpmPackage, unitScriptlets } from "../rpm-package.ts";

// The units are those of Open vSwitch's own RPM, with its service manager's environment file.
// https://github.com/openvswitch/ovs/tree/branch-3.1/rhel
const openvswitchUnit = `[Unit]
Description=Open vSwitch
Before=network.target network.service
After=network-pre.target ovsdb-server.service ovs-vswitchd.service
PartOf=network.target
Requires=ovsdb-server.service
Requires=ovs-vswitchd.service

[Service]
Type=oneshot
ExecStart=/bin/true
ExecReload=/usr/share/openvswitch/scripts/ovs-systemd-reload
ExecStop=/bin/true
RemainAfterExit=yes

[Install]
WantedBy=multi-user.target
`;

const ovsdbServerUnit = `[Unit]
Description=Open vSwitch Database Unit
After=syslog.target network-pre.target
Before=network.target network.service
PartOf=openvswitch.service

[Service]
Type=forking
PIDFile=/run/openvswitch/ovsdb-server.pid
Restart=on-failure
LimitNOFILE=1048576
EnvironmentFile=-/etc/sysconfig/openvswitch
ExecStart=/usr/share/openvswitch/scripts/ovs-ctl \\
          --no-ovs-vswitchd --no-monitor --system-id=random \\
          start $OPTIONS
ExecStop=/usr/share/openvswitch/scripts/ovs-ctl --no-ovs-vswitchd stop
ExecReload=/usr/share/openvswitch/scripts/ovs-ctl --no-ovs-vswitchd \\
           --no-monitor restart $OPTIONS
RuntimeDirectory=openvswitch
RuntimeDirectoryMode=0755
RuntimeDirectoryPreserve=yes
`;

const ovsVswitchdUnit = `[Unit]
Description=Open vSwitch Forwarding Unit
After=ovsdb-server.service network-pre.target systemd-udev-settle.service
Before=network.target network.service
Requires=ovsdb-server.service
ReloadPropagatedFrom=ovsdb-server.service
AssertPathIsReadWrite=/run/openvswitch/db.sock
PartOf=openvswitch.service

[Service]
Type=forking
PIDFile=/run/openvswitch/ovs-vswitchd.pid
Restart=on-failure
LimitNOFILE=1048576
Environment=XDG_RUNTIME_DIR=/run/openvswitch
EnvironmentFile=-/etc/sysconfig/openvswitch
ExecStart=/usr/share/openvswitch/scripts/ovs-ctl \\
          --no-ovsdb-server --no-monitor --system-id=random \\
          start $OPTIONS
ExecStop=/usr/share/openvswitch/scripts/ovs-ctl --no-ovsdb-server stop
ExecReload=/usr/share/openvswitch/scripts/ovs-ctl --no-ovsdb-server \\
          --no-monitor --system-id=random \\
          restart $OPTIONS
TimeoutSec=300
`;

export const openvswitch: RpmPackage = {
  name: "openvswitch3.1",
  versionOf: "openvswitch-switch",
  release: "2.el9",
  summary: "Open vSwitch",
  debs: "openvswitch",
  without: ["etc/init.d", "etc/default", "etc/logrotate.d", "usr/lib/systemd"],
  moves: { "usr/lib/openvswitch-switch/ovs-vswitchd": "usr/sbin/ovs-vswitchd" },
  edits: {
    // A host of the lab can load no kernel module. Open vSwitch then still has its userspace datapath,
    // so this must not stop the service; nor may it try to unload the bridge module.
    "usr/share/openvswitch/scripts/ovs-kmod-ctl": [
      [
        "    insert_mods && return 0\n",
        '    insert_mods || log_warning_msg "no openvswitch module: only bridges with datapath_type=netdev will work"\n    return 0\n',
      ],
    ],
  },
  files: {
    "usr/lib/systemd/system/openvswitch.service": { text: openvswitchUnit },
    "usr/lib/systemd/system/ovsdb-server.service": { text: ovsdbServerUnit },
    "usr/lib/systemd/system/ovs-vswitchd.service": { text: ovsVswitchdUnit },
    "etc/sysconfig/openvswitch": {
      text: '# Options for ovs-ctl(8), such as "--no-mlockall".\nOPTIONS=""\n',
    },
  },
  directories: ["etc/openvswitch", "var/log/openvswitch", "var/lib/openvswitch"],
  requires: ["iproute", "systemd", "python3", "openssl"],
  provides: ["openvswitch = 3.1.0"],
  ...unitScriptlets("openvswitch.service"),
};
