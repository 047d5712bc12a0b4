import { initScriptlets, type RpmPackage } from "../rpm-package.ts";

const init = `#!/bin/bash
# chkconfig: 2345 12 88
# description: System logging
. /etc/init.d/functions
syslogd=/usr/libexec/weft-lab/syslogd
case $1 in
  start) echo -n "Starting system logger: "; daemon $syslogd -O /var/log/messages && touch /var/lock/subsys/rsyslog ;;
  stop) echo -n "Shutting down system logger: "; killproc $syslogd; rm -f /var/lock/subsys/rsyslog ;;
  restart) "$0" stop; "$0" start ;;
  status) status $syslogd ;;
  *) echo "Usage: $0 {start|stop|restart|status}" >&2; exit 2 ;;
esac
`;

/** The system's log in /var/log/messages, kept by busybox. */
export const rsyslog: RpmPackage = {
  name: "rsyslog",
  version: "5.8.10",
  release: "12.el6",
  summary: "A system log daemon",
  debs: "busybox",
  only: ["usr/bin/busybox"],
  moves: { "usr/bin/busybox": "usr/libexec/weft-lab/syslogd" },
  files: { "etc/rc.d/init.d/rsyslog": { text: init, mode: 0o755 } },
  ...initScriptlets("rsyslog"),
};
