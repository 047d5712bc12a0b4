/** What a fault is called, on every host and in the docs. */
export type FaultName =
  | "Open vSwitch not running"
  | "Docker not running"
  | "bridge missing"
  | "underlay address missing"
  | "tunnel missing"
  | "tunnel misdirected"
  | "tunnel broken"
  | "VNI mismatch"
  | "MTU mismatch"
  | "underlay MTU mismatch"
  | "unprotected tunnel port"
  | "loop"
  | "peer unreachable"
  | "UDP 4789 blocked"
  | "ping unanswered"
  | "checksum offload on"
  | "stale port"
  | "container not running"
  | "NIC missing"
  | "NIC misconfigured"
  | "wrong address"
  | "duplicate address"
  | "no lease"
  | "dead DHCP client"
  | "DHCP server not running"
  | "DHCP server not reachable"
  | "second DHCP server"
  | "wrong default route"
  | "not in the inventory"
  | "agent not running"
  | "SELinux denial";

/** Something that is not as declared. */
export interface Fault {
  readonly what: FaultName;
  /** What was seen, a sentence without its end. */
  readonly why: string;
}

/** A list of one fault where there is one and of none where there is not: made to be spread. */
export const fault = (there: boolean, what: FaultName, why: string): readonly Fault[] =>
  there ? [{ what, why }] : [];
