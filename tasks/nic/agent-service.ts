import { sha256 } from "../file/content.ts";
import { agent, agentPath } from "./agent.ts";

/** The agent's name among the host's services, and in its log. */
export const service = "weft-agent";

// So that another program is another service, to be restarted.
const digest = sha256(agent).slice(0, 16);

const unit = `# Written by weft: the next run takes changes back.
# agent ${digest}
[Unit]
Description=Containers' NICs as /etc/weft/network declares them
After=docker.service openvswitch.service ovs-vswitchd.service

[Service]
# EL7 knows no other name for it.
StartLimitInterval=0
ExecStart=${agentPath}
Restart=always
RestartSec=2
SyslogIdentifier=${service}

[Install]
WantedBy=multi-user.target
`;

// EL6. The agent has a process group of its own, so that all of it can be ended.
const initScript = `#!/bin/sh
# Written by weft: the next run takes changes back.
# agent ${digest}
# chkconfig: 2345 98 02
# description: Containers' NICs as /etc/weft/network declares them
### BEGIN INIT INFO
# Provides: ${service}
# Required-Start: $network $syslog
# Required-Stop: $network
# Should-Start: docker openvswitch
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: Containers' NICs as declared
### END INIT INFO
PATH=/usr/sbin:/usr/bin:/sbin:/bin
pidfile=/var/run/${service}.pid

runs() {
  read -r pid 2>/dev/null <"$pidfile" &&
    case $(tr '\\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") in *"${service} supervise"*) ;; *) false ;; esac
}
supervise() {
  agent=
  trap '[ -z "$agent" ] || kill -- "-$agent"; rm -f "$pidfile"; exit 0' HUP INT TERM
  echo $$ >"$pidfile"
  while :; do
    setsid ${agentPath} &
    agent=$!
    wait "$agent"
    kill -- "-$agent" 2>/dev/null
    sleep 2 &
    wait $!
  done
}
stop() {
  runs || return 0
  kill "$pid"
  for wait in 1 2 3 4 5 6 7 8 9; do
    [ -e "/proc/$pid" ] || return 0
    sleep 0.3
  done
  return 1
}
start() {
  runs && return 0
  { setsid "$0" supervise </dev/null 2>&1 | logger -t ${service}; } >/dev/null 2>&1 &
  for wait in 1 2 3 4 5 6 7 8 9; do
    runs && touch /var/lock/subsys/${service} && return 0
    sleep 0.3
  done
  return 1
}

case $1 in
  start) start ;;
  stop) stop && rm -f /var/lock/subsys/${service} ;;
  restart|force-reload) stop && start ;;
  condrestart|try-restart) runs || exit 0; stop && start ;;
  status) if runs; then echo "${service} runs (PID $pid)"; else echo "${service} does not run"; exit 3; fi ;;
  supervise) supervise ;;
  *) echo "usage: $0 start|stop|restart|condrestart|status" >&2; exit 2 ;;
esac
`;

/** The file that has the host's service manager start the agent at boot, and again where it ends. */
export const serviceFiles = {
  systemd: { path: `/etc/systemd/system/${service}.service`, text: unit, mode: "644" },
  sysv: { path: `/etc/init.d/${service}`, text: initScript, mode: "755" },
} as const;
