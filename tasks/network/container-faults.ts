import type { Container, Nic } from "../../inventory/contract.ts";
import { stableMac, vethName } from "../nic/names.ts";
import { type Fault, fault } from "./fault.ts";
import type { ObservedClient, ObservedContainer, ObservedHost, ObservedPort } from "./observe.ts";

/** A NIC that the inventory gives a container. */
export interface DeclaredNic {
  readonly box: Container;
  readonly nic: Nic;
  /** Bytes. */
  readonly mtu: number;
}

/** The DHCP client of a NIC, where one runs in the container's own network namespace. */
export const clientOf = (
  { box, nic }: DeclaredNic,
  { namespace }: ObservedContainer,
  { clients }: ObservedHost,
): ObservedClient | undefined =>
  clients.find((one) => one.port === vethName(box.name, nic.name) && one.namespace === namespace);

/** The host's end of a NIC. */
export const portOf = (
  { box, nic }: DeclaredNic,
  { ports }: ObservedHost,
): ObservedPort | undefined =>
  ports.find((one) => one.container === box.name && one.nic === nic.name);

/** Whether a container that the inventory declares does not run. */
export const containerFaults = (now: ObservedContainer | undefined): readonly Fault[] => {
  if (now === undefined) return [{ what: "container not running", why: "does not exist" }];
  const why = `is stopped (exit code ${now.exitCode})`;
  return fault(!now.isRunning, "container not running", why);
};

/** What is wrong with a NIC of a container that runs. */
export const nicFaults = (
  wanted: DeclaredNic,
  container: ObservedContainer,
  host: ObservedHost,
): readonly Fault[] => {
  const { box, nic, mtu } = wanted;
  const now = container.nics.find(({ name }) => name === nic.name);
  if (now === undefined) return [{ what: "NIC missing", why: "is missing" }];
  const port = portOf(wanted, host);
  const mac = stableMac(box.name, nic.name);
  const bridge = host.bridges.find(({ name }) => name === nic.bridge);
  const leased = nic.address === "dhcp";
  const { addresses } = now;
  const hasAddress = addresses.length === 1 && (leased || addresses[0] === nic.address);
  return [
    ...fault(port === undefined, "NIC misconfigured", `is no port of ${nic.bridge}`),
    ...fault(
      port !== undefined && port.bridge !== nic.bridge,
      "NIC misconfigured",
      `is a port of ${port?.bridge}, not ${nic.bridge}`,
    ),
    ...fault(
      port !== undefined && port.process !== container.process,
      "stale port",
      "its port is one of an earlier start of the container",
    ),
    ...fault(!!port?.error, "NIC misconfigured", `Open vSwitch says: ${port?.error}`),
    ...fault(!now.isUp, "NIC misconfigured", "is down"),
    ...fault(now.mtu !== mtu, "MTU mismatch", `MTU ${now.mtu}, not ${mtu}`),
    ...fault(now.mac !== mac, "NIC misconfigured", `MAC ${now.mac}, not ${mac}`),
    ...fault(
      bridge?.datapath === "netdev" && now.offload,
      "checksum offload on",
      "leaves checksums to hardware, and the userspace datapath has none: TCP stalls",
    ),
    ...fault(
      leased && clientOf(wanted, container, host) === undefined,
      "dead DHCP client",
      "no DHCP client renews its lease",
    ),
    ...fault(leased && !hasAddress, "no lease", "has no lease"),
    ...fault(
      !leased && !hasAddress,
      "wrong address",
      `address ${addresses.join(", ") || "none"}, not ${nic.address}`,
    ),
  ];
};

/** Whether a container on Docker's own bridge has its default route over that. */
export const routeFaults = (now: ObservedContainer): readonly Fault[] => {
  const { isRunning, gateway, routes } = now;
  const lost =
    isRunning &&
    gateway !== "" &&
    !routes.some((route) => route.startsWith(`default via ${gateway} `));
  return fault(
    lost,
    "wrong default route",
    `default route is ${routes.join(", ") || "missing"}, not over ${gateway}`,
  );
};
