import { type Command, type CommandResult, sh, TaskError } from "weft";
import { inspectNamed } from "../docker/inspect-named.ts";
import { askOvs, list, map, parseOvs, text } from "../ovs/tables.ts";
import { inNetns, sameNetns } from "./in-netns.ts";

/** A NIC as it is to be. */
export interface NicOptions {
  readonly container: string;
  readonly nic: string;
  /** The host's end. */
  readonly veth: string;
  readonly bridge: string;
}

/** What the host tells of a container's NIC. */
export interface NicState {
  /** Full id, and PID with its start time; `undefined` where the container does not exist or does not run. */
  readonly container: { readonly id: string; readonly process: string } | undefined;
  /** The NIC inside the container, as long as its other end is the host's veth. */
  readonly inside:
    | {
        readonly mtu: number;
        readonly mac: string;
        readonly up: boolean;
        /** IPv4, with prefixes. */
        readonly addresses: readonly string[];
        /** Whether checksums are left to the hardware. */
        readonly offload: boolean;
      }
    | undefined;
  readonly veth:
    | {
        readonly mtu: number;
        readonly up: boolean;
        /** Open vSwitch has opened this very device, and no earlier one of its name. */
        readonly taken: boolean;
      }
    | undefined;
  /** The port's Interface row. */
  readonly row:
    | { readonly ids: Readonly<Record<string, string>>; readonly error: string }
    | undefined;
  readonly onBridge: boolean;
  /** The VLAN that its port is an access port of. */
  readonly vlan: number | undefined;
  /** Whether the bridge switches packets in ovs-vswitchd. */
  readonly userspace: boolean;
  /** Whether a DHCP client runs in the container's own network namespace. */
  readonly client: boolean;
}

/**
 * Asks for everything about one NIC: docker, ip, ethtool and ovs-vsctl run once each, the rest is read
 * from /proc and /sys by the shell itself.
 */
export const askNic = ({ container, nic, veth, bridge }: NicOptions): Command => sh`
${inspectNamed}
${inNetns}
${sameNetns}
found=
if command -v docker >/dev/null 2>&1; then
  found=$(inspect_named ${container} '{{.Id}} {{.State.Pid}}')
fi
id=\${found% *} pid=\${found#* }
if [ "\${pid:-0}" != 0 ] && read -r stat <"/proc/$pid/stat"; then
  set -- \${stat##*) }
  echo "container $id $pid:\${20}"
  in_netns "$pid" ip address show dev ${nic} 2>/dev/null
  in_netns "$pid" ethtool -k ${nic} 2>/dev/null | grep '^tx-checksumming:'
  if read -r client 2>/dev/null <${`/var/run/dhclient-${veth}.pid`} &&
    same_netns "$client" "$pid"; then echo client; fi
fi
if cd ${`/sys/class/net/${veth}`} 2>/dev/null; then
  read -r index <ifindex; read -r peer <iflink; read -r mtu <mtu; read -r flags <flags
  echo "veth $index $peer $mtu $((flags & 1)) $((flags & 0x100))"
  # An old kernel has a veth's own number for both.
  if [ "$peer" = "$index" ]; then ethtool -S ${veth} | sed -n 's/^ *peer_ifindex: /peer /p'; fi
fi
${askOvs(sh`--columns=datapath_type,ports find Bridge name=${bridge} -- --columns=_uuid,tag find Port name=${veth} -- --columns=external_ids,error find Interface name=${veth}`)}`;

const parseInside = (stdout: string, veth: RegExpExecArray | null): NicState["inside"] => {
  const link = /^(\d+): \S+?(?:@if(\d+))?: <(\S*)> mtu (\d+)/m.exec(stdout);
  if (link === null || veth === null) return undefined;
  const [, index, peer, flags = "", mtu] = link;
  // Where the kernel is old, ip shows no number of the other end.
  const isJoined =
    peer === undefined
      ? index === /^peer (\d+)$/m.exec(stdout)?.[1]
      : index === veth[2] && peer === veth[1];
  if (!isJoined) return undefined;
  return {
    mtu: Number(mtu),
    mac: /^ +link\/ether (\S+)/m.exec(stdout)?.[1] ?? "",
    up: flags.split(",").includes("UP"),
    addresses: [...stdout.matchAll(/^ +inet (\S+)/gm)].map(([, address = ""]) => address),
    offload: /^tx-checksumming: on/m.test(stdout),
  };
};

/**
 * Reads the answer of {@link askNic}.
 *
 * @throws TaskError where Docker or Open vSwitch says something else than expected.
 */
export const parseNic = (result: CommandResult): NicState => {
  const { stdout, stderr } = result;
  const fault = stderr
    .split("\n")
    .find((line) => /docker|container/i.test(line) && !/No such|Cannot connect/i.test(line));
  const found = /^container ([0-9a-f]{64}) (\d+:\d+)$/m.exec(stdout);
  if (found === null && fault !== undefined) {
    throw new TaskError(`Docker does not tell the container's state: ${fault.trim()}`);
  }
  const veth = /^veth (\d+) (\d+) (\d+) ([01]) (\d+)$/m.exec(stdout);
  const [[bridge] = [], [port] = [], [row] = []] = parseOvs(result) ?? [];
  const [, id = "", process = ""] = found ?? [];
  return {
    container: found ? { id, process } : undefined,
    inside: parseInside(stdout, veth),
    veth: veth
      ? // IFF_PROMISC: set on a device by who has it open as a port.
        { mtu: Number(veth[3]), up: veth[4] === "1", taken: veth[5] !== "0" }
      : undefined,
    row: row && { ids: map(row, "external_ids"), error: text(row, "error") },
    vlan: port && text(port, "tag") !== "" ? Number(text(port, "tag")) : undefined,
    onBridge: port !== undefined && list(bridge, "ports").includes(text(port, "_uuid")),
    userspace: text(bridge, "datapath_type") === "netdev",
    client: /^client$/m.test(stdout),
  };
};
