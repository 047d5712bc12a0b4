import { type CommandResult, type Probe, sh, TaskError } from "weft";
import { dockerIsNew } from "../docker/inspect-named.ts";
import { inNetns } from "../nic/in-netns.ts";
import { askCurrent, isCurrent } from "../ovs/flow-program.ts";
import { peerFlows } from "../ovs/peer-flows.ts";
import { portFlows } from "../ovs/port-flows.ts";
import { askOvs, list, map, parseOvs, type Row, text } from "../ovs/tables.ts";
import { tunnelBridge } from "../ovs/tunnel-bridge.ts";
import { askProtected, peersOfPort } from "../ovs/tunnel-ports.ts";

/** A bridge of Open vSwitch. */
export interface ObservedBridge {
  readonly name: string;
  /** "system" or "netdev". */
  readonly datapath: string;
  /** Bytes, of the bridge's own port; 0 where it has none. */
  readonly mtu: number;
}

/** A tunnel; several of them may have one port, and its counts. */
export interface ObservedTunnel {
  readonly port: string;
  readonly bridge: string;
  /** The host that weft made it for; "" for another's port. */
  readonly peer: string;
  readonly type: string;
  /** As the database has it: a VNI, "flow", or "". */
  readonly vni: string;
  readonly localIp: string;
  readonly remoteIp: string;
  /** Frames do not go from it to other tunnels: a protected port, or flows where there are none. */
  readonly isProtected: boolean;
  /** What Open vSwitch says is wrong with it. */
  readonly error: string;
  readonly sentPackets: number;
  readonly receivedPackets: number;
}

/** A port that is the host's end of a container's NIC. */
export interface ObservedPort {
  readonly port: string;
  readonly bridge: string;
  readonly container: string;
  readonly nic: string;
  /** "PID:START" of the container that it was attached to. */
  readonly process: string;
  readonly error: string;
}

/** A port whose device the host does not have. */
export interface DeadPort {
  readonly port: string;
  readonly bridge: string;
}

/** An interface of the host. */
export interface ObservedLink {
  readonly name: string;
  /** Bytes. */
  readonly mtu: number;
}

/** An interface inside a container. */
export interface ObservedNic {
  readonly name: string;
  readonly mac: string;
  /** Bytes. */
  readonly mtu: number;
  readonly isUp: boolean;
  /** Of the host's end. */
  readonly peerIndex: number;
  /** Leaves checksums to hardware that a veth does not have. */
  readonly offload: boolean;
  /** IPv4, with prefixes. */
  readonly addresses: readonly string[];
}

/** A container of Docker's. */
export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly isRunning: boolean;
  readonly exitCode: number;
  /** "PID:START"; "" where it does not run. */
  readonly process: string;
  /** Its network namespace, as the kernel names it. */
  readonly namespace: string;
  /** Docker's own bridge, where it is on that; else "". */
  readonly gateway: string;
  /** Its default routes, as ip(8) prints them. */
  readonly routes: readonly string[];
  readonly nics: readonly ObservedNic[];
}

/** A DHCP client of weft's. */
export interface ObservedClient {
  /** The host's end of the NIC that it serves. */
  readonly port: string;
  readonly namespace: string;
  /** When its lease ends, UTC, as dhclient.leases(5) has it; "" where it has none. */
  readonly expires: string;
}

/** What is on a host, declared or not. */
export interface ObservedHost {
  readonly os: string;
  readonly kernel: string;
  /** `undefined` where Open vSwitch is not installed or does not run. */
  readonly openvswitch: string | undefined;
  /** Its daemon answers: the database alone switches no packet. */
  readonly switches: boolean;
  /** `undefined` where Docker is not installed or does not run. */
  readonly docker: string | undefined;
  readonly bridges: readonly ObservedBridge[];
  readonly tunnels: readonly ObservedTunnel[];
  readonly ports: readonly ObservedPort[];
  readonly deadPorts: readonly DeadPort[];
  readonly containers: readonly ObservedContainer[];
  readonly clients: readonly ObservedClient[];
  /** The host's own IPv4 addresses, with prefixes. */
  readonly addresses: readonly { readonly interface: string; readonly address: string }[];
  /** The host's own interfaces by index, each with the bridge that it is a port of. */
  readonly masters: ReadonlyMap<number, string>;
  readonly links: readonly ObservedLink[];
  /** With the userspace datapath: br-phy leaves checksums to hardware that it does not have. */
  readonly underlayOffload: boolean;
  readonly servesDhcp: boolean;
}

const script = (bridge: string) => sh`
PATH=$PATH:/usr/sbin:/sbin
if [ -r /etc/os-release ]; then (. /etc/os-release; echo "os=\${PRETTY_NAME:-$NAME}")
elif [ -r /etc/redhat-release ]; then echo "os=$(cat /etc/redhat-release)"; fi
echo "kernel=$(uname -r)"
ip -o link show 2>/dev/null | sed 's/^/link /'
ip -4 -o address show 2>/dev/null | sed 's/^/address /'
case $(ethtool -k br-phy 2>/dev/null) in *tx-checksumming:\ on*) echo offload=br-phy ;; esac
if ovs-appctl --timeout=5 version >/dev/null 2>&1; then echo switches=yes; fi
for file in /proc/[0-9]*/comm; do
  if read -r comm 2>/dev/null <"$file" && case $comm in dhcpd|kea-dhcp4) ;; *) false ;; esac; then echo serves=dhcp; break; fi
done
# Before Linux 3.8 a namespace has no name.
for file in /var/run/dhclient-wv*.pid; do
  if read -r pid 2>/dev/null <"$file" && [ -e "/proc/$pid" ]; then
    namespace=$(readlink "/proc/$pid/ns/net" || echo -)
    port=\${file#/var/run/dhclient-}; port=\${port%.pid}
    expires=$(sed -n 's/^ *expire [0-6] \(.*\);$/\1/p' "/var/lib/dhclient/weft-$port.leases" 2>/dev/null | tail -n 1)
    echo "client $port $namespace $expires"
  fi
done
${inNetns}
docker_version() {
  if ${dockerIsNew}; then docker version --format '{{.Server.Version}}' 2>/dev/null
  else docker version 2>/dev/null | sed -n 's/^Server version: //p; /^Server:/,$s/^ Version: *//p' | grep .; fi
}
if command -v docker >/dev/null 2>&1 && version=$(docker_version); then
  echo "docker=$version"
  ids=$(docker ps --all --quiet --no-trunc)
  [ -z "$ids" ] || docker inspect \
    --format '{{.Id}} {{.State.Pid}} {{.State.Running}} {{.State.ExitCode}} {{.Name}} -{{.NetworkSettings.Gateway}} {{.Config.Image}}' $ids |
    while read -r id pid running code name gateway image; do
      process=- namespace=-
      if [ "$pid" != 0 ] && read -r stat 2>/dev/null <"/proc/$pid/stat"; then
        set -- \${stat##*) }
        process="$pid:\${20}" namespace=$(readlink "/proc/$pid/ns/net" || echo -)
      fi
      echo "container $id $process $namespace $running $code \${name#/} $gateway $image"
      if [ "$process" != - ]; then
        in_netns "$pid" ip -o link show </dev/null | sed 's/^/inside-link /'
        in_netns "$pid" ip -4 -o address show </dev/null | sed 's/^/inside-address /'
        in_netns "$pid" ip -4 route show default </dev/null | sed 's/^/inside-route /'
        for nic in $(in_netns "$pid" ip -o link show </dev/null | sed 's/^[0-9]*: \([^:@]*\).*/\1/'); do
          case $(in_netns "$pid" ethtool -k "$nic" 2>/dev/null </dev/null) in
            *tx-checksumming:\ on*) echo "inside-offload $nic" ;;
          esac
        done
      fi
    done
fi
${askProtected}
${askCurrent(portFlows, bridge)}
${askCurrent(peerFlows, bridge)}
${askOvs(sh`--columns=ovs_version list Open_vSwitch -- --columns=name,datapath_type,ports list Bridge -- --columns=_uuid,name,"$protected"external_ids,interfaces list Port -- --columns=_uuid,name,type,options,external_ids,error,mtu,statistics list Interface`)}`;

/** "2: eth0@if5: <BROADCAST,UP> mtu 1450 ... master docker0 ...\    link/ether 02:... brd ..." */
const parseLink = (line: string) => {
  const found = /^(\d+): ([^\s:@]+)(?:@(?:if(\d+)|\S+))?: <(\S*)> mtu (\d+)/.exec(line);
  if (found === null) return undefined;
  const [, index, name = "", peer, flags = "", mtu] = found;
  return {
    index: Number(index),
    name,
    peerIndex: Number(peer ?? 0),
    isUp: flags.split(",").includes("UP"),
    mtu: Number(mtu),
    mac: /link\/ether (\S+)/.exec(line)?.[1] ?? "",
    master: / master (\S+)/.exec(line)?.[1],
  };
};

/** "2: eth0    inet 192.0.2.1/24 brd ..." */
const parseAddress = (line: string) => {
  const [, name = "", address = ""] = /^\d+: (\S+)\s+inet (\S+)/.exec(line) ?? [];
  return { interface: name, address };
};

/** The rest of every line that begins with a word. */
const linesOf = (stdout: string, word: string): readonly string[] =>
  stdout
    .split("\n")
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => line.slice(word.length + 1));

const parseContainer = (part: string): ObservedContainer => {
  const [first = ""] = part.split("\n", 1);
  const [id = "", process = "", namespace = "", running, code, name = "", gateway = "", ...image] =
    first.split(" ");
  const offloads = linesOf(part, "inside-offload");
  const addresses = linesOf(part, "inside-address").map(parseAddress);
  return {
    id,
    name,
    image: image.join(" "),
    isRunning: running === "true",
    exitCode: Number(code),
    process: process === "-" ? "" : process,
    namespace,
    gateway: gateway.slice(1),
    routes: linesOf(part, "inside-route").map((route) => route.trim()),
    nics: linesOf(part, "inside-link").flatMap((line) => {
      const link = parseLink(line);
      if (link === undefined || link.name === "lo") return [];
      const { name: nic, mac, mtu, isUp, peerIndex } = link;
      const own = addresses.filter((one) => one.interface === nic).map(({ address }) => address);
      const offload = offloads.includes(nic);
      return [{ name: nic, mac, mtu, isUp, peerIndex, offload, addresses: own }];
    }),
  };
};

const TUNNEL_TYPES = new Set(["vxlan", "geneve", "gre", "stt"]);

/** Whether a tunnel's frames go to no other tunnel. */
type IsApart = (port: Row, bridge: string) => boolean;

const isApart =
  (result: CommandResult, bridge: string): IsApart =>
  (port, on) =>
    text(port, "protected") === "true" || (on === tunnelBridge(bridge).name && isCurrent(result));

const parseSwitch = (
  tables: readonly (readonly Row[])[],
  apart: IsApart,
  devices: ReadonlySet<string>,
) => {
  const [[root] = [], bridges = [], ports = [], interfaces = []] = tables;
  const bridgeOf = new Map(
    bridges.flatMap((row) => list(row, "ports").map((port) => [port, text(row, "name")])),
  );
  const rowsOf = new Map(interfaces.map((row) => [text(row, "_uuid"), row]));
  const mtuOf = new Map(interfaces.map((row) => [text(row, "name"), Number(text(row, "mtu"))]));
  const onBridges = ports.flatMap((port) => {
    const bridge = bridgeOf.get(text(port, "_uuid"));
    const row = rowsOf.get(list(port, "interfaces")[0] ?? "");
    return bridge === undefined || row === undefined ? [] : [{ port, bridge, row }];
  });
  return {
    openvswitch: text(root, "ovs_version") || "?",
    bridges: bridges.map((row): ObservedBridge => {
      const name = text(row, "name");
      const datapath = text(row, "datapath_type") || "system";
      return { name, datapath, mtu: mtuOf.get(name) ?? 0 };
    }),
    tunnels: onBridges
      .filter(({ row }) => TUNNEL_TYPES.has(text(row, "type")))
      .flatMap(({ port, bridge, row }): readonly ObservedTunnel[] => {
        const options = map(row, "options");
        const statistics = map(row, "statistics");
        const ids = map(port, "external_ids");
        const tunnel: ObservedTunnel = {
          port: text(port, "name"),
          bridge,
          peer: ids.weft_peer ?? "",
          type: text(row, "type"),
          vni: options.key ?? "",
          localIp: options.local_ip ?? "",
          remoteIp: options.remote_ip ?? "",
          isProtected: apart(port, bridge),
          error: text(row, "error"),
          sentPackets: Number(statistics.tx_packets ?? 0),
          receivedPackets: Number(statistics.rx_packets ?? 0),
        };
        if (tunnel.remoteIp !== "flow") return [tunnel];
        return [...peersOfPort(ids)].map(([remoteIp, peer]) => ({ ...tunnel, remoteIp, peer }));
      }),
    ports: onBridges.flatMap(({ bridge, row }): readonly ObservedPort[] => {
      const ids = map(row, "external_ids");
      const container = ids.weft_container ?? ids.container_id;
      if (container === undefined) return [];
      const nic = ids.container_iface ?? "";
      const process = ids.weft_process ?? "";
      return [
        { port: text(row, "name"), bridge, container, nic, process, error: text(row, "error") },
      ];
    }),
    deadPorts: onBridges
      .map(({ bridge, row }) => ({ port: text(row, "name"), bridge, type: text(row, "type") }))
      .filter(({ port, type }) => (type === "" || type === "system") && !devices.has(port))
      .map(({ port, bridge }): DeadPort => ({ port, bridge })),
  };
};

const parse = (result: CommandResult, bridge: string): ObservedHost => {
  const { stdout } = result;
  const value = (key: string): string | undefined =>
    new RegExp(`^${key}=(.*)$`, "m").exec(stdout)?.[1];
  const kernel = value("kernel");
  if (!kernel) throw new TaskError("the host's network cannot be read");
  const tables = parseOvs(result);
  const links = linesOf(stdout, "link").flatMap((line) => parseLink(line) ?? []);
  const devices = new Set(links.map(({ name }) => name));
  const network =
    tables === undefined ? undefined : parseSwitch(tables, isApart(result, bridge), devices);
  return {
    os: value("os") ?? "",
    kernel,
    openvswitch: network?.openvswitch,
    switches: value("switches") === "yes",
    docker: value("docker"),
    bridges: network?.bridges ?? [],
    tunnels: network?.tunnels ?? [],
    ports: network?.ports ?? [],
    deadPorts: network?.deadPorts ?? [],
    containers: stdout
      .split(/^container /m)
      .slice(1)
      .map(parseContainer),
    clients: linesOf(stdout, "client").map((line) => {
      const [port = "", namespace = "", ...expires] = line.trim().split(" ");
      return { port, namespace, expires: expires.join(" ") };
    }),
    addresses: linesOf(stdout, "address").map(parseAddress),
    masters: new Map(
      links.flatMap(({ index, master }) => (master === undefined ? [] : [[index, master]])),
    ),
    links: links.map(({ name, mtu }) => ({ name, mtu })),
    underlayOffload: value("offload") === "br-phy",
    servesDhcp: value("serves") === "dhcp",
  };
};

/**
 * What a host has of the mesh and of containers, in one command that changes nothing: reads what Docker,
 * Open vSwitch's database and the containers' network namespaces say.
 *
 * @param bridge the mesh's
 */
export const observe = (bridge: string): Probe<ObservedHost> => ({
  command: script(bridge),
  parse: (result) => parse(result, bridge),
});
