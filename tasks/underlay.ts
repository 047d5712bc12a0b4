import { type Change, change, sh, TaskError, task } from "weft";
import { sha256 } from "./file/content.ts";
import { replaceFile } from "./file/replace-file.ts";
import { askDatapath, type Datapath, parseDatapath } from "./ovs/datapath.ts";
import { askOvs, list, parseOvs, text } from "./ovs/tables.ts";
import {
  askUnit,
  type BootUnit,
  parseUnit,
  planUnit,
  type UnitState,
} from "./systemd/boot-unit.ts";
import { script, scriptPath } from "./underlay/script.ts";

interface UnderlayOptions {
  /** The NIC that has the address. */
  readonly interface: string;
  /** The host's tunnel endpoint. */
  readonly address: string;
  /** As for the bridge: with the kernel's datapath there is nothing to do. Default: "auto". */
  readonly datapath?: Datapath | "auto";
}

/** Where the tunnel endpoint's address is. */
export interface UnderlayState {
  readonly datapath: Datapath;
  /** Addresses with their prefixes. */
  readonly nic: readonly string[];
  readonly bridge: readonly string[];
  /** What is missing for the bridge to carry the address, in words. */
  readonly faults: readonly string[];
  readonly scriptDigest: string | undefined;
  readonly unit: UnitState;
}

/** The bridge that has the address where Open vSwitch needs it there. */
export const bridge = "br-phy";

/** The unit that moves the address there at boot. */
export const unitName = "weft-underlay";

const bootUnit = (nic: string): BootUnit => ({
  name: unitName,
  description: `Address of ${nic} on Open vSwitch's ${bridge}`,
  wants: ["network-online.target"],
  after: ["network.target"],
  service: [
    "TimeoutStartSec=120",
    `ExecStart=${scriptPath} start ${nic} ${bridge}`,
    `ExecStop=${scriptPath} stop ${nic} ${bridge}`,
  ],
  sysv: {
    start: `${scriptPath} start ${nic} ${bridge}`,
    stop: `${scriptPath} stop ${nic} ${bridge}`,
  },
});

const digest = sha256(script);

const addressesOf = (stdout: string, device: string): readonly string[] =>
  stdout.split("\n").flatMap((line) => {
    const [, name, , address] = line.split(/\s+/);
    return name === device && address !== undefined ? [address] : [];
  });

const probe = (nic: string, datapath: Datapath | "auto") => sh`
${askDatapath(datapath)}
if [ "$datapath" = netdev ]; then
  ip -4 -o address show scope global
  ip -4 route show dev ${nic} table main | sed 's/^/stray /'
  for file in all ${nic}; do
    read -r value <"/proc/sys/net/ipv4/conf/$file/rp_filter" && echo "rp_filter $value"
  done
  ethtool -k ${bridge} 2>/dev/null | grep '^tx-checksumming:'
  sha256sum ${scriptPath} 2>/dev/null
  ${askUnit(bootUnit(nic))}
  ${askOvs(sh`--columns=name,ports find Bridge name=${bridge} -- --columns=_uuid find Port name=${nic}`)}
fi`;

const faultsOf = (stdout: string, isPort: boolean): readonly string[] => [
  ...(isPort ? [] : [`the NIC is no port of ${bridge}`]),
  ...(/^stray /m.test(stdout) ? ["routes still go over the NIC"] : []),
  // The larger of the two counts, and only 1 is strict.
  ...(/^rp_filter 1$/m.test(stdout) && !/^rp_filter 2$/m.test(stdout)
    ? []
    : ["the NIC takes in packets twice"]),
  ...(/^tx-checksumming: on$/m.test(stdout) ? [`${bridge} leaves checksums out`] : []),
];

/**
 * With the userspace datapath: the tunnel endpoint's address on br-phy, a bridge with the NIC as its port,
 * where Open vSwitch needs it. The NIC's own boot configuration stays as it is; a unit moves the address
 * at boot, and the host is reached over the NIC whenever Open vSwitch does not run.
 * https://docs.openvswitch.org/en/stable/howto/userspace-tunneling/
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * underlay({ interface: "eth0", address: "192.168.56.105" })
 * ```
 */
export const underlay = ({ interface: nic, address, datapath = "auto" }: UnderlayOptions) =>
  task<UnderlayState>({
    title: `underlay ${address} on ${nic}`,
    timeoutMs: 180_000,
    probe: {
      command: probe(nic, datapath),
      parse: (result) => {
        const { stdout } = result;
        const kind = parseDatapath(stdout);
        const [[row] = [], [port] = []] = kind === "system" ? [] : (parseOvs(result) ?? []);
        const isPort = port !== undefined && list(row, "ports").includes(text(port, "_uuid"));
        return {
          datapath: kind,
          nic: addressesOf(stdout, nic),
          bridge: addressesOf(stdout, bridge),
          faults: kind === "system" ? [] : faultsOf(stdout, isPort),
          scriptDigest: /^([0-9a-f]{64}) /m.exec(stdout)?.[1],
          unit: parseUnit(result),
        };
      },
    },
    plan: (now): readonly Change[] => {
      if (now.datapath === "system") return [];
      const has = (some: readonly string[]) => some.find((it) => it.startsWith(`${address}/`));
      if (has(now.nic) === undefined && has(now.bridge) === undefined) {
        throw new TaskError(
          `${nic} does not have ${address}: it has ${now.nic.join(", ") || "no IPv4 address"}`,
          {
            hint: "Correct underlay.interface or underlay.address of this host in the inventory.",
          },
        );
      }
      if (now.unit === undefined) {
        throw new TaskError(
          "moving the address to br-phy takes systemd or chkconfig, and this host has neither",
          {
            hint: "Give it Open vSwitch's kernel module: then there is nothing to move.",
          },
        );
      }
      const unit = bootUnit(nic);
      const onNic = now.nic.filter((it) => !it.endsWith("/32"));
      const moved = has(now.bridge) !== undefined && onNic.length === 0 && now.faults.length === 0;
      return [
        ...change(
          now.scriptDigest !== digest,
          `write ${scriptPath}`,
          replaceFile({ path: scriptPath, text: script, mode: "755" }),
        ),
        ...planUnit(unit, now.unit),
        ...change(
          !moved,
          has(now.bridge) === undefined
            ? `move ${address} from ${nic} to ${bridge}`
            : `mend ${bridge}: ${[...now.faults, ...onNic.map((it) => `${it} is on ${nic}`)].join(", ")}`,
          // systemd runs it, not this shell, or it has a session of its own: it goes on where the connection is cut.
          sh`
if [ -d /run/systemd/system ]; then
  systemctl restart ${`${unit.name}.service`} || {
    journalctl --no-pager --output=cat --lines=8 --unit=${`${unit.name}.service`} >&2
    false
  }
else
  setsid service ${unit.name} restart
fi`,
          { mayDisconnect: true },
        ),
      ];
    },
  });
