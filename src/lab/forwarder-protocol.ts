/** One host's way: from a loopback address and port of the machine to its sshd on the underlay. */
export interface Route {
  readonly name: string;
  readonly sshAddress: string;
  readonly sshPort: number;
  readonly underlayAddress: string;
}

/** What the forwarder is to do, in its configuration file and over its control socket. */
export interface ForwarderConfig {
  /** Added round-trip time in milliseconds; half of it each way. */
  readonly latencyMs: number;
  readonly routes: readonly Route[];
}

/** What went over the SSH path of one host since the forwarder began. */
export interface Traffic {
  readonly connections: number;
  readonly bytesToHost: number;
  readonly bytesFromHost: number;
  /** How often the client sent after the host had: an upper bound for what it waited for. */
  readonly roundTrips: number;
}

/** A request on the control socket, one JSON line; the answer is one line as well. */
export type ForwarderRequest =
  | { readonly kind: "configure"; readonly config: ForwarderConfig }
  | { readonly kind: "traffic" };

export type ForwarderAnswer =
  | { readonly kind: "done" }
  | { readonly kind: "traffic"; readonly hosts: Readonly<Record<string, Traffic>> }
  | { readonly kind: "failed"; readonly message: string };

/** From the half in the machine's network namespace to the half in the underlay's. */
export type ToInside =
  | { readonly kind: "listen"; readonly route: Route }
  | { readonly kind: "latency"; readonly latencyMs: number }
  | { readonly kind: "traffic" };

/** And back. */
export interface FromInside {
  readonly kind: "traffic";
  readonly hosts: Readonly<Record<string, Traffic>>;
}
