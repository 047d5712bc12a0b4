import { type RpmPackage, unitScriptlets } from "../rpm-package.ts";

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
