import type { TextFile } from "./rpm-package.ts";

// The ways of EL6's initscripts, upstart and chkconfig, as far as a host of the lab needs them.
// https://github.com/fedora-sysv/initscripts/tree/rhel6-branch

const inittab = `id:3:initdefault:
si::sysinit:/etc/rc.d/rc.sysinit
l0:0:wait:/etc/rc.d/rc 0
l1:1:wait:/etc/rc.d/rc 1
l2:2:wait:/etc/rc.d/rc 2
l3:3:wait:/etc/rc.d/rc 3
l4:4:wait:/etc/rc.d/rc 4
l5:5:wait:/etc/rc.d/rc 5
l6:6:wait:/etc/rc.d/rc 6
ca::ctrlaltdel:/sbin/shutdown -r now
# The lab's power button.
pf::powerfail:/sbin/shutdown -h now
`;

// On cgroup v2 a group with processes can hand no controllers down to Docker's.
const sysinit = `#!/bin/sh
PATH=/sbin:/usr/sbin:/bin:/usr/bin
# Looking for SELinux, init mounts another /sys over that of nspawn.
[ "$(grep -c ' /sys ' /proc/mounts)" = 1 ] || umount /sys
: >/var/run/utmp
mkdir -p /run/lock/subsys /run/sshd
rm -f /var/run/*.pid
[ ! -r /etc/sysconfig/network ] || . /etc/sysconfig/network
[ -z "$HOSTNAME" ] || hostname "$HOSTNAME"
/usr/libexec/weft-lab/power-on
if [ -e /sys/fs/cgroup/cgroup.subtree_control ]; then
  mkdir -p /sys/fs/cgroup/init
  while read -r pid; do echo "$pid" >/sys/fs/cgroup/init/cgroup.procs; done </sys/fs/cgroup/cgroup.procs
  for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
    echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control
  done
fi
mount -a
for file in /etc/sysctl.d/*.conf /etc/sysctl.conf; do
  [ ! -e "$file" ] || sysctl -q -p "$file"
done
exit 0
`;

const rc = `#!/bin/sh
# rc RUNLEVEL: stops what ran before and is not in this runlevel, and starts what is.
PATH=/sbin:/usr/sbin:/bin:/usr/bin
export PATH
exec >>/var/log/boot.log 2>&1
for script in /etc/rc.d/rc$1.d/K*; do
  [ -x "$script" ] && [ -e "/var/lock/subsys/\${script##*/K??}" ] && "$script" stop
done
for script in /etc/rc.d/rc$1.d/S*; do
  [ -x "$script" ] && [ ! -e "/var/lock/subsys/\${script##*/S??}" ] && "$script" start
done
exit 0
`;

// The functions that init scripts call. Messages end with [  OK  ] or [FAILED].
const functions = `# -*-Shell-script-*-
PATH=/sbin:/usr/sbin:/bin:/usr/bin
export PATH
success() { echo "[  OK  ]"; return 0; }
failure() { echo "[FAILED]"; return 1; }
action() { echo -n "$1 "; shift; if "$@"; then success; else failure; fi; }
daemon() { if "$@"; then success; else failure; fi; }
pidofproc() { # [-p PIDFILE] PROGRAM
  if [ "$1" = -p ]; then
    pid=$(cat "$2" 2>/dev/null); [ -n "$pid" ] && [ -d "/proc/$pid" ] && echo "$pid"
  else
    pidof -o $$ -o $PPID -o %PPID -x "\${1##*/}"
  fi
}
killproc() { # [-p PIDFILE] PROGRAM
  pids=$(pidofproc "$@") || { failure; return; }
  kill $pids 2>/dev/null
  for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    pidofproc "$@" >/dev/null || { success; return; }
    sleep 0.5
  done
  kill -9 $pids 2>/dev/null
  success
}
status() { # [-p PIDFILE] PROGRAM
  if pids=$(pidofproc "$@"); then echo "$* (pid $pids) is running..."; return 0; fi
  for name; do :; done
  if [ -e "/var/lock/subsys/\${name##*/}" ]; then echo "$name dead but subsys locked"; return 2; fi
  echo "$name is stopped"
  return 3
}
`;

const service = `#!/bin/sh
# service NAME ACTION: runs an init script with nothing of the caller's environment.
[ $# -ge 2 ] || { echo "Usage: service SERVICE ACTION" >&2; exit 2; }
cd /
[ -x "/etc/init.d/$1" ] || { echo "$1: unrecognized service" >&2; exit 1; }
name=$1
shift
exec env -i PATH=/sbin:/usr/sbin:/bin:/usr/bin TERM="$TERM" "/etc/init.d/$name" "$@"
`;

const chkconfig = `#!/bin/bash
# chkconfig NAME | NAME on|off | [--level LEVELS] NAME on|off | --add NAME | --del NAME | --list [NAME]
# The links of init scripts in /etc/rc.d/rc?.d, by the line "# chkconfig: LEVELS START STOP" of each.
header() { # NAME: sets levels, start and stop
  [ -e "/etc/init.d/$1" ] || { echo "error reading information on service $1: No such file or directory" >&2; exit 1; }
  read -r levels start stop <<<"$(sed -n 's/^# *chkconfig: *//p' "/etc/init.d/$1")"
  [ -n "$stop" ] || { echo "service $1 does not support chkconfig" >&2; exit 1; }
  [ "$levels" != - ] || levels=
}
link() { # NAME LEVEL on|off
  rm -f /etc/rc.d/rc$2.d/[SK][0-9][0-9]"$1"
  if [ "$3" = on ]; then ln -s "../init.d/$1" "/etc/rc.d/rc$2.d/S$start$1"
  else ln -s "../init.d/$1" "/etc/rc.d/rc$2.d/K$stop$1"; fi
}
is_on() { compgen -G "/etc/rc.d/rc$2.d/S[0-9][0-9]$1" >/dev/null; }
is_known() { compgen -G "/etc/rc.d/rc[0-6].d/[SK][0-9][0-9]$1" >/dev/null; }
list() { # NAME
  printf '%-15s' "$1"
  for level in 0 1 2 3 4 5 6; do
    if is_on "$1" $level; then printf '\\t%s:on' $level; else printf '\\t%s:off' $level; fi
  done
  echo
}
case $1 in
  --add)
    header "$2"
    is_known "$2" && exit 0
    for level in 0 1 2 3 4 5 6; do
      case $levels in *$level*) link "$2" $level on ;; *) link "$2" $level off ;; esac
    done ;;
  --del) rm -f /etc/rc.d/rc[0-6].d/[SK][0-9][0-9]"$2" ;;
  --list)
    if [ -n "$2" ]; then header "$2"; list "$2"; exit 0; fi
    for script in /etc/init.d/*; do
      if is_known "\${script##*/}"; then list "\${script##*/}"; fi
    done ;;
  *)
    which=2345
    if [ "$1" = --level ]; then which=$2; shift 2; fi
    header "$1"
    case $2 in
      '')
        level=$(runlevel 2>/dev/null); level=\${level#* }
        case $level in [0-6]) ;; *) level=3 ;; esac
        is_on "$1" $level; exit ;;
      on|off)
        is_known "$1" || "$0" --add "$1" || exit
        for level in $(echo "$which" | grep -o .); do link "$1" $level "$2"; done ;;
      *) echo "usage: chkconfig [--level LEVELS] NAME [on|off]" >&2; exit 1 ;;
    esac ;;
esac
`;

const network = `#!/bin/bash
# chkconfig: 2345 10 90
# description: Activates the interfaces that are configured to start at boot
. /etc/init.d/functions
case $1 in
  start) action "Bringing up interfaces:" /usr/libexec/network-scripts/network && touch /var/lock/subsys/network ;;
  stop) rm -f /var/lock/subsys/network ;;
  restart|reload) action "Bringing up interfaces:" /usr/libexec/network-scripts/network ;;
  status) ip -oneline address show up ;;
  *) echo "Usage: $0 {start|stop|restart|reload|status}" >&2; exit 2 ;;
esac
`;

const sshd = `#!/bin/bash
# chkconfig: 2345 55 25
# description: OpenSSH server daemon
. /etc/init.d/functions
start() { echo -n "Starting sshd: "; daemon /usr/sbin/sshd && touch /var/lock/subsys/sshd; }
stop() { echo -n "Stopping sshd: "; killproc -p /var/run/sshd.pid sshd; rm -f /var/lock/subsys/sshd; }
case $1 in
  start) start ;;
  stop) stop ;;
  restart) stop; start ;;
  reload) read -r pid </var/run/sshd.pid && kill -HUP "$pid" ;;
  status) status -p /var/run/sshd.pid sshd ;;
  *) echo "Usage: $0 {start|stop|restart|reload|status}" >&2; exit 2 ;;
esac
`;

// The last step of runlevels 0 and 6: sysvinit's halt and reboot end the host's namespace.
const halt = (command: string): string => `#!/bin/sh
[ "$1" = start ] || exit 0
killall5 -15
sleep 1
killall5 -9
sync
exec ${command}
`;

/** The files of a host whose init is SysV's. */
export const sysvFiles: Readonly<Record<string, TextFile>> = {
  "etc/inittab": { text: inittab },
  "etc/rc.d/rc": { text: rc, mode: 0o755 },
  "etc/rc.d/rc.sysinit": { text: sysinit, mode: 0o755 },
  "etc/rc.d/init.d/functions": { text: functions },
  "etc/rc.d/init.d/halt": { text: halt("/sbin/halt -d -f -p"), mode: 0o755 },
  "etc/rc.d/init.d/reboot": { text: halt("/sbin/reboot -d -f"), mode: 0o755 },
  "etc/rc.d/init.d/network": { text: network, mode: 0o755 },
  "etc/rc.d/init.d/sshd": { text: sshd, mode: 0o755 },
  "usr/sbin/chkconfig": { text: chkconfig, mode: 0o755 },
  "usr/sbin/service": { text: service, mode: 0o755 },
};

/**
 * Takes systemd away and has SysV's init in its place. nspawn boots what has an os-release only, so an
 * empty one stays where nobody but nspawn looks.
 */
export const sysvScript = `cd /
rm -rf /usr/lib/systemd /etc/systemd /usr/bin/systemctl /usr/bin/journalctl /usr/bin/loginctl /usr/bin/systemd-* \\
  /usr/bin/hostnamectl /usr/bin/timedatectl /usr/bin/localectl /usr/libexec/initscripts /etc/os-release
: >/usr/lib/os-release
rm -rf /etc/init.d /etc/rc[0-6S].d
ln -s rc.d/init.d /etc/init.d
for level in 0 1 2 3 4 5 6; do
  mkdir -p /etc/rc.d/rc$level.d
  ln -s rc.d/rc$level.d /etc/rc$level.d
done
ln -s ../init.d/halt /etc/rc.d/rc0.d/S01halt
ln -s ../init.d/reboot /etc/rc.d/rc6.d/S01reboot
for name in network sshd; do chkconfig --add $name; done
`;
