import ipaddr from "ipaddr.js";
import { type Command, type CommandResult, sh, TaskError } from "weft";
import { inspectNamed } from "../docker/inspect-named.ts";
import { inNetns } from "../nic/in-netns.ts";
import { type Box, oneOfEachOtherHost } from "./boxes.ts";

/** A check from one container to another. */
export interface Pair {
  readonly from: Box;
  readonly to: Box;
}

/** From each container of a host to one on each other host. */
export const pairsToOtherHosts = (boxes: readonly Box[], host: string): readonly Pair[] =>
  boxes
    .filter((box) => box.host === host)
    .flatMap((from) => oneOfEachOtherHost(from, boxes).map((to) => ({ from, to })));

/** First and last address that the DHCP server leases. */
export interface Range {
  readonly from: string;
  readonly to: string;
}

interface AskOptions {
  readonly pairs: readonly Pair[];
  readonly range: Range | undefined;
  /** Look for leased addresses anew even where the host remembers some. */
  readonly sweep: boolean;
  /**
   * What to do for one pair: sees $from, $nic, $mtu, $to, $address and $pid, runs beside those of other pairs
   * and prints one line.
   */
  readonly each: Command;
}

/** So many processes at a time. */
const WIDTH = 64;

const toNumber = (address: string): number =>
  ipaddr.IPv4.parse(address).octets.reduce((number, octet) => number * 256 + octet, 0);

/**
 * The PID of a container of this host, in $pids' lines "/NAME PID"; empty where it does not run. A name may also
 * be the beginning of another one's ID, which then is there twice.
 */
const pids = (boxes: readonly Box[]): Command => sh`
for tool in docker ip ping arping; do
  command -v $tool >/dev/null 2>&1 || echo "missing $tool"
done
${inspectNamed}
${inNetns}
pids=$(inspect_containers '{{.Name}} {{.State.Pid}}' ${boxes.map(({ name }) => name)} 2>/dev/null)
newline='
'
pid_of() {
  pid=
  case "$newline$pids$newline" in
    *"$newline/$1 "*) pid=\${pids#*"/$1 "}; pid=\${pid%%"$newline"*} ;;
  esac
  if [ "\${pid:-0}" = 0 ]; then echo "stopped $1"; pid=; return 1; fi
}`;

/**
 * Leased addresses are in no inventory, but MAC addresses are known: a ping to every address of the range
 * fills the neighbour table of one container, which then tells who has which. Of several addresses it is
 * the one that answers.
 */
const leases = (seeker: Box, macs: readonly string[], range: Range, sweep: boolean): Command => sh`
# An address outside of the range is one that a container had before.
in_range() {
  IFS=. read -r a b c d <<END
$1
END
  set -- $((((a * 256 + b) * 256 + c) * 256 + d))
  [ "$1" -ge ${toNumber(range.from)} ] && [ "$1" -le ${toNumber(range.to)} ]
}
answers() { in_netns "$pid" ping -n -q -c 1 -W 1 "$1" >/dev/null 2>&1 </dev/null; }
lookup() {
  neighbours="$(in_netns "$pid" ip -4 neighbour show dev ${seeker.nic})
$(in_netns "$pid" ip -4 -o address show dev ${seeker.nic} | sed ${`s|.* inet \\([^/ ]*\\).*|\\1 lladdr ${seeker.mac} REACHABLE|`})"
  known=$(for mac in ${macs}; do
    for state in REACHABLE DELAY PROBE STALE; do
      echo "$neighbours" | sed -n "s/ lladdr $mac $state.*/ $mac/p"
    done
  done | while read -r it mac; do if in_range "$it"; then echo "$it $mac"; fi; done)
  # The container may have had another address a minute ago, which is remembered as well.
  alive=" $(echo "$known" | {
    count=0
    while read -r it _; do
      { ! answers "$it" || echo "$it"; } &
      count=$((count + 1))
      [ $((count % ${WIDTH})) -ne 0 ] || wait
    done
    wait
  } | tr '\n' ' ')"
  leases=' ' unknown=
  for mac in ${macs}; do
    any= answering=
    for it in $(echo "$known" | sed -n "s/ $mac\$//p"); do
      case $alive in *" $it "*) answering=\${answering:-$it} ;; esac
      any=\${any:-$it}
    done
    [ -n "$answering" ] || unknown=$mac
    it=\${answering:-$any}
    [ -z "$it" ] || leases="$leases$mac=$it "
  done
}
sweep=${sweep ? "yes" : ""}
if pid_of ${seeker.name}; then
  unknown=
  [ -n "$sweep" ] || lookup
  if [ -n "$sweep$unknown" ]; then
    in_netns "$pid" sh -c 'number=$1
      while [ "$number" -le "$2" ]; do
        ping -n -q -c 1 -W 1 "$((number >> 24 & 255)).$((number >> 16 & 255)).$((number >> 8 & 255)).$((number & 255))" &
        [ $((number % 256)) -ne 0 ] || wait
        number=$((number + 1))
      done
      wait' sweep ${toNumber(range.from)} ${toNumber(range.to)} >/dev/null 2>&1
    lookup
  fi
fi`;

/** Runs a check for every pair, side by side. */
export const askPairs = ({ pairs, range, sweep, each }: AskOptions): Command => {
  if (pairs.length === 0) return sh`true`;
  const toLeased = pairs.filter(({ to }) => to.address === undefined);
  const seeker = toLeased[0]?.from;
  const leased = toLeased.map(({ to }) => to.mac);
  const lines = pairs.map(
    ({ from, to }) =>
      `${from.name} ${from.nic} ${from.mtu} ${to.name} ${to.mac} ${to.address ?? ""}`,
  );
  return sh`
${pids([...new Set(pairs.map(({ from }) => from))])}
leases=' '
${range && seeker ? leases(seeker, [...new Set(leased)], range, sweep) : sh`:`}
check() { ${each}
}
count=0
printf '%s\n' ${lines} | {
  while read -r from nic mtu to mac address; do
    if [ -z "$address" ]; then
      case $leases in
        *" $mac="*) address=\${leases#* "$mac="}; address=\${address%% *} ;;
        *) echo "unknown $from $to"; continue ;;
      esac
    fi
    pid_of "$from" || continue
    check &
    count=$((count + 1))
    [ $((count % ${WIDTH})) -ne 0 ] || wait
  done
  wait
}`;
};

/** @throws TaskError where a tool is missing on the host or one of its own containers does not run. */
export const refuse = ({ stdout }: CommandResult): void => {
  const missing = [...stdout.matchAll(/^missing (.+)$/gm)].map(([, tool]) => tool);
  if (missing.length > 0) {
    throw new TaskError(`missing on this host: ${missing.join(", ")}`, {
      hint: "weft run playbooks/mesh.ts installs what the checks need.",
    });
  }
  const stopped = new Set([...stdout.matchAll(/^stopped (.+)$/gm)].map(([, name]) => name));
  if (stopped.size > 0) {
    throw new TaskError(`not running on this host: ${[...stopped].join(", ")}`, {
      hint: "weft run playbooks/mesh.ts starts and attaches them.",
    });
  }
};

/** The end of a check's message: a container, with its host. */
export const nameOf = ({ name, host }: Box): string => `${name} on ${host}`;
