import { type Command, change, sh, TaskError, task } from "weft";
import { stableMac } from "./nic/names.ts";
import { askDatapath, type Datapath, parseDatapath } from "./ovs/datapath.ts";
import { askColumn, askOvs, hasColumn, map, parseOvs, text } from "./ovs/tables.ts";
import {
  askUnit,
  type BootUnit,
  parseUnit,
  planUnit,
  type UnitState,
} from "./systemd/boot-unit.ts";

interface OvsBridgeOptions {
  readonly name: string;
  /** The host's name: the bridge's own MAC address is made from it, so that it stays the same. */
  readonly host: string;
  /** "auto": the kernel's where the host has it, else the userspace one. Default: "auto". */
  readonly datapath?: Datapath | "auto";
  /** Bytes; VXLAN over IPv4 takes 50 of the underlay's. */
  readonly mtu: number;
}

/** The present state of a bridge and of its own port. */
export interface BridgeState {
  /** The datapath that the host is to use. */
  readonly datapath: Datapath;
  /** Datapath, fail mode, MAC and requested MTU as the database holds them; `undefined` without a bridge. */
  readonly settings: string | undefined;
  /** Whether the database can be asked for the port's MTU; Open vSwitch before 2.6 has no such column. */
  readonly canRequestMtu: boolean;
  /** What Open vSwitch says is wrong with it. */
  readonly error: string;
  readonly up: boolean;
  /** Whether the kernel leaves checksums to the hardware, which the userspace datapath is not. */
  readonly offload: boolean;
  readonly unit: UnitState;
}

/** The name of the unit that brings a bridge up. */
export const bridgeUnit = (bridge: string): string => `weft-bridge-${bridge}`;

// Where the database cannot be asked for an MTU, it remembers which one the device was given.
const MARK = "weft_mtu";

// On a reboot Open vSwitch makes the bridge's port anew, down.
const bootUnit = (name: string, datapath: Datapath, up: Command): BootUnit => ({
  name: bridgeUnit(name),
  description: `Open vSwitch bridge ${name} up`,
  service: [
    "TimeoutStartSec=60",
    `ExecStart=/bin/sh -c 'until ${up.script} 2>/dev/null; do sleep 1; done'`,
    ...(datapath === "netdev"
      ? [`ExecStart=/bin/sh -c 'ethtool -K ${name} tx off >/dev/null'`]
      : []),
  ],
  sysv: {
    start: `for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    ${up.script} 2>/dev/null && break
    sleep 1
  done${datapath === "netdev" ? `\n  ethtool -K ${name} tx off >/dev/null` : ""}`,
  },
});

/**
 * An Open vSwitch bridge that forwards as a plain switch, its own port up, now and after a reboot.
 *
 * The port's MTU is `mtu_request`: Open vSwitch takes back what `ip link set mtu` sets. Before 2.6 it has no
 * such column: there the device itself is given its MTU, and Open vSwitch brings it down to the smallest of the
 * containers' NICs. The port's MAC address is fixed, or it would follow the ports that come and go.
 * https://docs.openvswitch.org/en/stable/ref/ovs-vswitchd.conf.db.5/
 * https://github.com/openvswitch/ovs/blob/branch-2.5/ofproto/ofproto.c (update_mtu)
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * ovsBridge({ name: "vxbr", host: "lab-1", mtu: 1450 })
 * ```
 */
export const ovsBridge = ({ name, host, datapath = "auto", mtu }: OvsBridgeOptions) => {
  if (!/^[\w.-]{1,15}$/.test(name)) {
    throw new TaskError(`"${name}" cannot name a bridge`, {
      hint: 'At most 15 letters, digits, "_", "." and "-".',
    });
  }
  const mac = stableMac(host, name);
  const wanted = (kind: Datapath): string => `${kind} standalone ${mac} mtu ${mtu}`;
  const bringUp = (canRequestMtu: boolean): Command =>
    canRequestMtu
      ? sh`ip link set dev ${name} up`
      : sh`ip link set dev ${name} mtu ${String(mtu)} up`;
  return task<BridgeState>({
    title: `bridge ${name}`,
    probe: {
      command: sh`
${askDatapath(datapath)}
${askColumn("Interface", "mtu_request")}
${askOvs(sh`--columns=datapath_type,fail_mode,other_config find Bridge name=${name} -- --columns="$mtu_request"external_ids,error find Interface name=${name}`)}
if read -r flags 2>/dev/null <${`/sys/class/net/${name}/flags`}; then
  echo "up=$((flags & 1))"
  if [ "$datapath" = netdev ]; then ethtool -k ${name} | grep '^tx-checksumming:'; fi
fi
${askUnit({ name: bridgeUnit(name) })}`,
      parse: (result) => {
        const { stdout } = result;
        const [[bridge] = [], [port] = []] = parseOvs(result) ?? [];
        const canRequestMtu = hasColumn(result, "mtu_request");
        const given = canRequestMtu
          ? text(port, "mtu_request")
          : (map(port, "external_ids")[MARK] ?? "");
        const own = `${text(bridge, "datapath_type") || "system"} ${text(bridge, "fail_mode")} ${map(bridge, "other_config").hwaddr} mtu ${given}`;
        return {
          datapath: parseDatapath(stdout),
          settings: bridge && own,
          canRequestMtu,
          error: text(port, "error"),
          up: /^up=1$/m.test(stdout),
          offload: /^tx-checksumming: on/m.test(stdout),
          unit: parseUnit(result),
        };
      },
    },
    plan: (now) => {
      const settings = wanted(now.datapath);
      if (now.settings === settings && now.error !== "") {
        throw new TaskError(`Open vSwitch cannot set up ${name}: ${now.error}`);
      }
      const verb = now.settings === undefined ? "add" : "mend";
      const netdev = now.datapath === "netdev";
      const up = bringUp(now.canRequestMtu);
      const ask = now.canRequestMtu ? `mtu_request=${mtu}` : `external_ids:${MARK}=${mtu}`;
      return [
        ...change(
          now.settings !== settings,
          `${verb} bridge ${name}`,
          sh`ovs-vsctl --timeout=60 --may-exist add-br ${name} -- set Bridge ${name} ${`datapath_type=${now.datapath}`} fail_mode=standalone ${`other_config:hwaddr="${mac}"`} -- set Interface ${name} ${ask}${now.canRequestMtu ? sh`` : sh` && ${up}`}`,
          {
            diff: {
              subject: `bridge ${name}`,
              before: now.settings === undefined ? "" : `${now.settings}\n`,
              after: `${settings}\n`,
            },
          },
        ),
        ...change(!now.up, `bring ${name} up`, up),
        ...change(
          netdev && (now.offload || now.settings === undefined),
          `have the kernel compute checksums on ${name}`,
          // Otherwise frames leave with no checksum, and TCP stalls while ping works.
          sh`ethtool -K ${name} tx off >/dev/null`,
        ),
        ...planUnit(bootUnit(name, now.datapath, up), now.unit),
      ];
    },
  });
};
