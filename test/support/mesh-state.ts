import { expect } from "vitest";
import type { MeshLab } from "./mesh-lab.ts";
import { type CliResult, eventsOf } from "./weft-cli.ts";

/** What went wrong in a run, and what it changed, for the message of a test that fails. */
export const said = ({ stdout, stderr }: CliResult): string =>
  [
    ...stdout.split("\n").filter((line) => /"failure":|"recap"|"status":"changed"/.test(line)),
    stderr,
  ].join("\n");

/** The tasks that changed something, as "HOST: TITLE". */
export const changedTasks = (result: CliResult): readonly string[] =>
  eventsOf(result)
    .flatMap((event) =>
      event.type === "task-end" && event.status === "changed"
        ? [`${event.host}: ${event.task}`]
        : [],
    )
    .sort();

/** A run that succeeded on every host and changed nothing. */
export const expectUnchanged = (result: CliResult): void => {
  expect(result.code, said(result)).toBe(0);
  expect(changedTasks(result), said(result)).toEqual([]);
};

/**
 * What a host has of the network's parts: ports with and without device, running containers' addresses,
 * clients, leases, the agent's processes, links to network namespaces. Equal before and after a fault,
 * nothing is missing and nothing is left over.
 */
export const footprint = (lab: MeshLab, host: string): Promise<string> =>
  lab.on(
    host,
    `for port in $(ovs-vsctl list-ports vxbr); do
  case $port in wv*) if [ -e /sys/class/net/$port ]; then echo "port $port"; else echo "stale $port"; fi ;; esac
done | sort
for path in /sys/class/net/wv* /var/lib/dhclient/weft-* /var/run/dhclient-wv* /var/run/weft-dhcp-* /var/run/netns/*; do
  [ -e "$path" ] || [ -L "$path" ] && echo "$path"
done
docker ps --format '{{.Names}}' | sort | while read -r name; do
  pid=$(docker inspect --format '{{.State.Pid}}' "$name")
  nsenter -t "$pid" -n ip -4 -o address show scope global | while read -r _ nic _ address _; do
    case $address in 10.*) echo "$name $nic $address" ;; esac
  done
done
ps -e -o args= | grep -E '^(/bin/sh /usr/local/libexec/weft/|dhclient |nsenter |ip monitor|docker events)' |
  sed -E 's/ [0-9]+//g' | sort`,
  );

/**
 * All of a host that a run could touch; caches, logs and what `rpm -qa` itself touches apart.
 * @param files which files, and what to tell of them, in the words of find(1)
 */
export const hostState = (
  lab: MeshLab,
  host: string,
  files = "-printf '%p %s %m %T@\\n'",
): Promise<string> =>
  lab.on(
    host,
    [
      "rpm -qa | sort",
      `if [ -d /run/systemd/system ]; then
  systemctl list-unit-files --no-pager | cat
  systemctl is-active firewalld iptables openvswitch docker dhcpd weft-agent
else
  chkconfig --list
  for it in /etc/init.d/*; do service "\${it##*/}" status >/dev/null 2>&1; echo "$it $?"; done
fi`,
      "iptables-save 2>/dev/null | grep -e '^-A' -e DROP -e WEFT -e DOCKER",
      "ip -o address | sed 's/^[0-9]*: *\\([^ ]*\\) *\\(inet6* [^ ]*\\).*/\\1 \\2/'; ip route; ip rule",
      "grep . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/rp_filter",
      `find /etc /usr /opt /root /srv /var -xdev -not -path '/var/log*' -not -path '/var/cache/*' -not -path '/var/lib/systemd/*' -not -path '/var/tmp/*' -not -path '*/__pycache__/*' -not -name rpmdb.sqlite-shm ${files} | sort`,
    ].join("; "),
  );

// The iproute that knows namespaces stays, and what packages leave wherever they are removed: accounts and
// their own histories, an empty list of leases, and directories.
const stays = [
  "-not -type d",
  "-not -path '/usr/*bin/ip' -not -path '/usr/libexec/iproute/*'",
  "-not -path '/etc/passwd*' -not -path '/etc/shadow*' -not -path '/etc/group*' -not -path '/etc/gshadow*'",
  "-not -path '/var/lib/rpm/*' -not -path '/var/lib/dnf/*' -not -path /var/lib/dhcp/dhcpd.leases",
  // What a DHCP server of the host's own makes at each of its starts.
  "-not -name 'dhcpd.leases~'",
  "-printf '%p %s %m\\n'",
].join(" ");

/** What a teardown has to leave as it was. */
export const stateToKeep = async (lab: MeshLab, host: string): Promise<string> => {
  const text = await hostState(lab, host, stays);
  return text.replace(/^iproute-.*\n/m, "");
};
