import { type Command, sh } from "weft";

/**
 * Has `in_netns PID COMMAND...` run a command in the network namespace of a process. EL6 has no nsenter: there
 * `ip netns exec` does it by a link of the shell's own, for which it looks in /var/run/netns.
 */
export const inNetns: Command = sh`
in_netns() {
  if command -v nsenter >/dev/null 2>&1; then nsenter -n -t "$@"; return; fi
  sh -c '
    name=weft-$$ link=/var/run/netns/weft-$$ pid=$1
    shift
    mkdir -p /var/run/netns && ln -sfn "/proc/$pid/ns/net" "$link" || exit 1
    trap "rm -f $link; exit 1" HUP INT TERM
    ip netns exec "$name" "$@"
    status=$?
    rm -f "$link"
    exit $status' in_netns "$@"
}`;

/**
 * Has `same_netns PID PID` tell whether two processes are in one network namespace. Before Linux 3.8 nothing in
 * /proc tells namespaces apart, and no link is there: then any process that runs will do.
 * https://man7.org/linux/man-pages/man7/namespaces.7.html
 */
export const sameNetns: Command = sh`
same_netns() {
  [ "/proc/$1/ns/net" -ef "/proc/$2/ns/net" ] || { [ -e "/proc/$1/ns/net" ] && [ -e "/proc/$2/ns/net" ] && [ ! -L "/proc/$2/ns/net" ]; }
}`;
