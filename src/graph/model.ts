/** "unknown": the host did not tell. */
export type Status = "ok" | "bad" | "unknown";

/** What is drawn, and why it is drawn so. */
interface Judged {
  readonly status: Status;
  /** What is wrong, a sentence each; empty where nothing is. */
  readonly faults: readonly string[];
}

/** A container's NIC. */
export interface NicNode extends Judged {
  readonly name: string;
  /** What it is a port of; "" where that is not known. */
  readonly bridge: string;
  readonly mac: string;
  /** Bytes; 0 where it is not there. */
  readonly mtu: number;
  /** IPv4, with prefixes. */
  readonly addresses: readonly string[];
  /** Where its address comes from. */
  readonly source: "static" | "dhcp" | "docker";
  /** When its lease ends, UTC; "" where it has none. */
  readonly leaseEnds: string;
}

/** A container that the inventory declares or that has a NIC on the mesh. */
export interface ContainerNode extends Judged {
  readonly name: string;
  readonly image: string;
  readonly isRunning: boolean;
  readonly nics: readonly NicNode[];
}

/** A bridge of Open vSwitch. */
export interface BridgeNode {
  readonly name: string;
  readonly datapath: string;
  /** Bytes. */
  readonly mtu: number;
}

/** A host; its faults are those that belong to no container and no link. */
export interface HostNode extends Judged {
  readonly name: string;
  /** Its tunnel endpoint. */
  readonly underlay: string;
  readonly os: string;
  readonly kernel: string;
  /** Versions; "" where it does not run. */
  readonly openvswitch: string;
  readonly docker: string;
  readonly bridges: readonly BridgeNode[];
  readonly containers: readonly ContainerNode[];
  /** Containers that have nothing to do with the mesh. */
  readonly otherContainers: number;
  /** What its DHCP server hands out, such as "10.1.2.100 to 10.1.2.199"; "" where it has none. */
  readonly leases: string;
}

/** One end of a link: the tunnel port of a host. */
export interface TunnelEnd {
  readonly host: string;
  readonly port: string;
  readonly remote: string;
  readonly sentPackets: number;
  readonly receivedPackets: number;
}

/** Two hosts that are to have a tunnel to each other. */
export interface Link extends Judged {
  readonly hosts: readonly [string, string];
  readonly vni: number;
  /** The ports that are there. */
  readonly ends: readonly TunnelEnd[];
  /** Milliseconds of the fastest ping between containers of both; `undefined` where none was tried or answered. */
  readonly pingMs: number | undefined;
}

/** The network as it is, each part judged by what the inventory declares. */
export interface NetworkGraph {
  /** When it was read, ISO 8601. */
  readonly at: string;
  readonly vnis: readonly number[];
  readonly hosts: readonly HostNode[];
  readonly links: readonly Link[];
}
