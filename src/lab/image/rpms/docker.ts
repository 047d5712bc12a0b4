import { initScriptlets, type RpmPackage, unitScriptlets } from "../rpm-package.ts";

// As in Docker's own RPMs: https://github.com/docker/docker-ce-packaging/tree/master/systemd
const dockerUnit = `[Unit]
Description=Docker Application Container Engine
Documentation=https://docs.docker.com
After=network-online.target docker.socket firewalld.service containerd.service
Wants=network-online.target containerd.service
Requires=docker.socket

[Service]
Type=notify
ExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock
ExecReload=/bin/kill -s HUP $MAINPID
TimeoutStartSec=0
RestartSec=2
Restart=always
StartLimitBurst=3
StartLimitInterval=60s
LimitNOFILE=infinity
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
Delegate=yes
KillMode=process
OOMScoreAdjust=-500

[Install]
WantedBy=multi-user.target
`;

const dockerSocket = `[Unit]
Description=Docker Socket for the API

[Socket]
ListenStream=/run/docker.sock
SocketMode=0660
SocketUser=root
SocketGroup=docker

[Install]
WantedBy=sockets.target
`;

const containerdUnit = `[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target local-fs.target

[Service]
ExecStartPre=-/sbin/modprobe overlay
ExecStart=/usr/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=5
LimitNPROC=infinity
LimitCORE=infinity
LimitNOFILE=infinity
TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
`;

// The shape of docker-io's in EPEL 6.
const dockerInit = `#!/bin/bash
# chkconfig: 2345 95 05
# description: Daemon for docker.com
. /etc/init.d/functions
pidfile=/var/run/docker.pid
[ -e /etc/sysconfig/docker ] && . /etc/sysconfig/docker
start() {
  status -p $pidfile docker >/dev/null && return 0
  echo -n "Starting docker: "
  setsid /usr/bin/dockerd $other_args </dev/null >>/var/log/docker 2>&1 &
  for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ -e $pidfile ] && { touch /var/lock/subsys/docker; success; return; }
    sleep 0.5
  done
  failure
}
stop() { echo -n "Stopping docker: "; killproc -p $pidfile docker; rm -f /var/lock/subsys/docker; }
case $1 in
  start) start ;;
  stop) stop ;;
  restart|reload|force-reload) stop; start ;;
  status) status -p $pidfile docker ;;
  *) echo "Usage: $0 {start|stop|restart|reload|status}" >&2; exit 2 ;;
esac
`;

/** EPEL 6's one package, with an init script. */
export const dockerIo: RpmPackage = {
  name: "docker-io",
  versionOf: "docker.io",
  release: "1.el6",
  summary: "Automates deployment of containerized applications",
  debs: "docker",
  only: [
    "usr/bin/containerd",
    "usr/bin/docker",
    "usr/bin/runc",
    "usr/bin/tini-static",
    "usr/sbin/docker-proxy",
    "usr/sbin/dockerd",
    "usr/sbin/runc",
  ],
  without: ["usr/bin/docker-init"],
  moves: {
    "usr/sbin/runc": "usr/bin/runc",
    "usr/sbin/dockerd": "usr/bin/dockerd",
    "usr/sbin/docker-proxy": "usr/bin/docker-proxy",
    "usr/bin/tini-static": "usr/bin/docker-init",
  },
  files: { "etc/rc.d/init.d/docker": { text: dockerInit, mode: 0o755 } },
  directories: ["etc/docker"],
  requires: ["initscripts", "iptables", "iproute"],
  pre: "getent group docker >/dev/null || groupadd --system docker",
  ...initScriptlets("docker"),
};

export const dockerPackages: readonly RpmPackage[] = [
  {
    name: "containerd.io",
    versionOf: "containerd",
    release: "1.el9",
    summary: "An industry-standard container runtime",
    debs: "docker",
    only: ["usr/bin/containerd", "usr/bin/ctr", "usr/sbin/runc", "usr/bin/runc"],
    moves: { "usr/sbin/runc": "usr/bin/runc" },
    files: { "usr/lib/systemd/system/containerd.service": { text: containerdUnit } },
    directories: ["var/lib/containerd"],
    requires: ["systemd"],
    provides: ["containerd", "runc"],
    ...unitScriptlets("containerd.service"),
  },
  {
    name: "docker-ce-cli",
    versionOf: "docker.io",
    release: "1.el9",
    summary: "The command line of Docker",
    debs: "docker",
    only: ["usr/bin/docker", "usr/share/bash-completion/completions/docker"],
    without: ["usr/bin/docker-init"],
  },
  {
    name: "docker-ce",
    versionOf: "docker.io",
    release: "1.el9",
    summary: "The Docker engine",
    debs: "docker",
    only: ["usr/sbin/dockerd", "usr/sbin/docker-proxy", "usr/bin/tini-static"],
    moves: {
      "usr/sbin/dockerd": "usr/bin/dockerd",
      "usr/sbin/docker-proxy": "usr/bin/docker-proxy",
      "usr/bin/tini-static": "usr/bin/docker-init",
    },
    files: {
      "usr/lib/systemd/system/docker.service": { text: dockerUnit },
      "usr/lib/systemd/system/docker.socket": { text: dockerSocket },
    },
    directories: ["etc/docker"],
    requires: ["docker-ce-cli", "containerd.io", "iptables", "systemd", "iproute"],
    pre: "getent group docker >/dev/null || groupadd --system docker",
    ...unitScriptlets("docker.service", "docker.socket"),
  },
];
