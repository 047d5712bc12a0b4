import { initScriptlets, type RpmPackage, unitScriptlets } from "../rpm-package.ts";

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

// As in Open vSwitch's own RPM for releases without systemd.
// https://github.com/openvswitch/ovs/blob/branch-2.5/rhel/etc_init.d_openvswitch
const openvswitchInit = `#!/bin/sh
# chkconfig: 2345 09 91
# description: Manage Open vSwitch kernel modules and user-space daemons
. /usr/share/openvswitch/scripts/ovs-lib || exit 1
test -e /etc/sysconfig/openvswitch && . /etc/sysconfig/openvswitch
ovs_ctl=/usr/share/openvswitch/scripts/ovs-ctl
case $1 in
  start) $ovs_ctl start --system-id=random $OPTIONS && touch /var/lock/subsys/openvswitch ;;
  stop) $ovs_ctl stop; rm -f /var/lock/subsys/openvswitch ;;
  restart) $ovs_ctl restart --system-id=random $OPTIONS ;;
  reload|force-reload) ;;
  status) $ovs_ctl status ;;
  *) echo "Usage: $0 {start|stop|restart|reload|force-reload|status}" >&2; exit 2 ;;
esac
`;

// What ovs-vsctl 2.5 says of columns that came with 2.6 and 2.7.
const vsctlOf25 = `#!/bin/sh
for word; do
  case $word in
    protected=*|--columns=*protected*)
      echo 'ovs-vsctl: Port does not contain a column whose name matches "protected"' >&2; exit 1 ;;
    mtu_request=*|--columns=*mtu_request*)
      echo 'ovs-vsctl: Interface does not contain a column whose name matches "mtu_request"' >&2; exit 1 ;;
  esac
done
exec /usr/libexec/openvswitch/ovs-vsctl "$@"
`;

/** Of the 2.5 series, the last whose kernel module EL6 can have: no protected ports, no requested MTU, an init script. */
export const openvswitch25: RpmPackage = {
  ...openvswitch,
  name: "openvswitch",
  version: "2.5.10",
  release: "1.el6",
  moves: { ...openvswitch.moves, "usr/bin/ovs-vsctl": "usr/libexec/openvswitch/ovs-vsctl" },
  edits: {
    ...openvswitch.edits,
    "usr/share/openvswitch/vswitch.ovsschema": [
      ['       "protected": {\n         "type": "boolean"},\n', ""],
      [
        '       "mtu_request": {\n         "type": {\n           "key": {"type": "integer",\n                   "minInteger": 1},\n           "min": 0,\n           "max": 1}},\n',
        "",
      ],
    ],
  },
  files: {
    "etc/rc.d/init.d/openvswitch": { text: openvswitchInit, mode: 0o755 },
    "etc/sysconfig/openvswitch": openvswitch.files?.["etc/sysconfig/openvswitch"] ?? { text: "" },
    "usr/bin/ovs-vsctl": { text: vsctlOf25, mode: 0o755 },
  },
  requires: ["iproute", "initscripts", "python3", "openssl"],
  provides: [],
  ...initScriptlets("openvswitch"),
};
