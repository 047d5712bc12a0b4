import { type Change, sh, task } from "weft";
import { attachWords } from "./nic/declared.ts";
import { stableMac, vethName } from "./nic/names.ts";
import { scriptPath } from "./nic/script.ts";
import { askNic, type NicState, parseNic } from "./nic/state.ts";

interface ContainerNicOptions {
  /** The container's name. */
  readonly container: string;
  readonly nic: {
    /** Its name inside the container. */
    readonly name: string;
    /** An IPv4 address with its prefix, or a lease of the DHCP server on the bridge. */
    readonly address: string;
    /** The Open vSwitch bridge that it is a port of. */
    readonly bridge: string;
    /** The VLAN that it is an access port of. Left out: none. */
    readonly vlan?: number | undefined;
  };
  /** Bytes. */
  readonly mtu: number;
}

/** What is wrong with a NIC that is there, in words. */
const faults = (
  now: NicState,
  inside: NonNullable<NicState["inside"]>,
  { nic: { address, bridge, vlan }, mtu }: ContainerNicOptions,
  mac: string,
): readonly string[] => {
  const { addresses } = inside;
  const ids = now.row?.ids;
  const check = (fault: boolean, words: string): readonly string[] => (fault ? [words] : []);
  return [
    ...check(!now.onBridge, `not on ${bridge}`),
    ...check(
      now.onBridge && now.vlan !== vlan,
      `VLAN ${now.vlan ?? "none"}, not ${vlan ?? "none"}`,
    ),
    ...check(now.onBridge && !now.veth?.taken, "Open vSwitch does not listen to it"),
    ...check(
      now.row !== undefined &&
        (ids?.container_id !== now.container?.id || ids?.weft_process !== now.container?.process),
      "the port is another container's",
    ),
    ...check(!!now.row?.error, `Open vSwitch says: ${now.row?.error}`),
    ...check(
      inside.mtu !== mtu || now.veth?.mtu !== mtu,
      `MTU ${inside.mtu === mtu ? now.veth?.mtu : inside.mtu}, not ${mtu}`,
    ),
    ...check(inside.mac !== mac, `MAC ${inside.mac}, not ${mac}`),
    ...check(!inside.up || !now.veth?.up, "down"),
    ...check(now.userspace && inside.offload, "leaves checksums out"),
    ...(address === "dhcp"
      ? [
          ...check(!now.client, "no DHCP client"),
          ...check(now.client && addresses.length !== 1, `${addresses.length} addresses`),
        ]
      : [
          ...check(
            addresses.length !== 1 || addresses[0] !== address,
            `address ${addresses.join(", ") || "none"}, not ${address}`,
          ),
          ...check(now.client, "has a DHCP client"),
        ]),
  ];
};

/**
 * A NIC of a container on an Open vSwitch bridge. Its MAC address is made from the names of container
 * and NIC, so that a lease survives a restart.
 *
 * A NIC belongs to one start of one container: full id, PID and the time the process started. After a
 * restart the container has a new network namespace and the bridge a stale port, which goes when the NIC
 * is attached again. A container that is not running is refused. Needs {@link nicTools}.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * containerNic({
 *   container: "a1",
 *   nic: { name: "eth0", address: "10.1.2.11/24", bridge: "vxbr" },
 *   mtu: 1450,
 * })
 * ```
 */
export const containerNic = (options: ContainerNicOptions) => {
  const { container, nic, mtu } = options;
  const veth = vethName(container, nic.name);
  const mac = stableMac(container, nic.name);
  return task<NicState>({
    title: `${container} ${nic.name} ${nic.address} on ${nic.bridge}`,
    timeoutMs: 60_000,
    probe: {
      command: askNic({ container, nic: nic.name, veth, bridge: nic.bridge }),
      parse: parseNic,
    },
    plan: (now): readonly Change[] => {
      const wrong = now.inside && faults(now, now.inside, options, mac);
      if (wrong?.length === 0) return [];
      const summary = wrong
        ? `mend ${container} ${nic.name}: ${wrong.join(", ")}`
        : `attach ${container} ${nic.name} to ${nic.bridge}`;
      return [
        {
          summary,
          command: sh`${scriptPath} attach ${attachWords({ ...nic, container, mtu })}`,
        },
      ];
    },
  });
};
