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

// As docker 1.7.1 answers to what came later, or without its engine. The commands that weft's playbooks or an
// administrator of containers may call have the options that they had; others are not looked at.
// https://github.com/docker/docker/tree/v1.7.1/docs/reference/commandline
const docker171 = `#!/bin/sh
real=/usr/libexec/docker/docker
case $1 in
  -v|--version) echo "Docker version 1.7.1, build 786b29d/1.7.1"; exit ;;
  ''|-h|--help|help) exec $real "$@" ;;
  attach|build|commit|cp|create|diff|events|exec|export|history|images|import|info|inspect|kill|load|login|logout|logs) ;;
  pause|port|ps|pull|push|rename|restart|rm|rmi|run|save|search|start|stats|stop|tag|top|unpause|version|wait) ;;
  *) echo "docker: '$1' is not a docker command." >&2; echo "See 'docker --help'." >&2; exit 1 ;;
esac
command=$1 with=
case $1 in
  inspect) options='-f --format' with=$options ;;
  ps) options='-a --all --before -f --filter -l --latest -n --no-trunc -q --quiet -s --size --since' with='--before -f --filter -n --since' ;;
  images) options='-a --all --digests -f --filter --no-trunc -q --quiet' with='-f --filter' ;;
  events) options='-f --filter --since --until' with=$options ;;
  version|info) options= ;;
  rm) options='-f --force -l --link -v --volumes' ;;
  rmi) options='-f --force --no-prune' ;;
  load) options='-i --input' with=$options ;;
  pull) options='-a --all-tags' ;;
  start) options='-a --attach -i --interactive' ;;
  stop|restart) options='-t --time' with=$options ;;
  exec) options='-d --detach -i --interactive -t --tty -u --user' with='-u --user' ;;
  run|create)
    with='-a --attach --add-host --blkio-weight -c --cpu-shares --cap-add --cap-drop --cgroup-parent --cidfile --cpu-period --cpu-quota --cpuset-cpus --cpuset-mems --device --dns --dns-search -e --env --entrypoint --env-file --expose -h --hostname --ipc -l --label --label-file --link --log-driver --log-opt --lxc-conf -m --memory --mac-address --memory-swap --name --net -p --publish --pid --restart --security-opt -u --user --ulimit --uts -v --volume --volumes-from -w --workdir'
    options="$with -d --detach -i --interactive -t --tty --oom-kill-disable -P --publish-all --privileged --read-only --rm --sig-proxy" ;;
  *) options=any ;;
esac
value=
[ "$options" = any ] || for word; do
  if [ "$value" = restart ]; then
    case $word in
      no|always|on-failure*) ;;
      *) echo "docker: invalid restart policy $word." >&2; echo "See 'docker $command --help'." >&2; exit 1 ;;
    esac
  fi
  if [ -n "$value" ]; then value=; continue; fi
  # Short ones may be joined, as in -it.
  case $word in "$command") continue ;; --) break ;; -[!-]?*) continue ;; -*) ;; *) break ;; esac
  case " $options --help " in
    *" \${word%%=*} "*) ;;
    *) echo "flag provided but not defined: \${word%%=*}" >&2; echo "See 'docker $command --help'." >&2; exit 2 ;;
  esac
  case $word,$with in
    --restart,*) value=restart ;;
    --restart=unless-stopped,*)
      echo "docker: invalid restart policy unless-stopped." >&2; echo "See 'docker $command --help'." >&2; exit 1 ;;
    *=*,*) ;;
    *) case " $with " in *" $word "*) value=yes ;; esac ;;
  esac
done
if [ ! -S /var/run/docker.sock ]; then
  echo "Get http:///var/run/docker.sock/v1.19/$command: dial unix /var/run/docker.sock: no such file or directory. Are you trying to connect to a TLS-enabled daemon without TLS?" >&2
  exit 1
fi
if [ $command = version ]; then
  printf '%s\\n' "Client version: 1.7.1" "Client API version: 1.19" "Server version: 1.7.1" "Server API version: 1.19"
  exit
fi
exec $real "$@"
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
  setsid /usr/libexec/docker/dockerd $other_args </dev/null >>/var/log/docker 2>&1 &
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

/** EPEL 6's one package, with an init script; its engine is no program of its own, as far as PATH shows. */
export const dockerIo: RpmPackage = {
  name: "docker-io",
  version: "1.7.1",
  release: "2.el6",
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
    "usr/bin/docker": "usr/libexec/docker/docker",
    "usr/sbin/dockerd": "usr/libexec/docker/dockerd",
    "usr/sbin/docker-proxy": "usr/bin/docker-proxy",
    "usr/bin/tini-static": "usr/bin/docker-init",
  },
  files: {
    "etc/rc.d/init.d/docker": { text: dockerInit, mode: 0o755 },
    "usr/bin/docker": { text: docker171, mode: 0o755 },
  },
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
