import type { ContainerNode, HostNode, NicNode, Status } from "./model.ts";

/** One line of a host's box. */
export interface Line {
  readonly kind: "bridge" | "container" | "nic" | "fault" | "note";
  readonly status: Status;
  /** Left and right column, as short as they are to be shown. */
  readonly left: string;
  readonly right: string;
  /** What it tells when it is looked at. */
  readonly details: readonly string[];
  /** The container that it belongs to, for searches. */
  readonly container: string;
}

/** A host as it is drawn: a head and lines below. */
export interface Box {
  readonly host: HostNode;
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
}

export const HEAD_HEIGHT = 50;
export const LINE_HEIGHT = 22;
const FOOT_HEIGHT = 10;
const MIN_WIDTH = 224;
const MAX_WIDTH = 340;
/** Pixels of a letter, on the safe side, in the sizes that draw.ts uses. */
const LETTER = 7;
const MARGIN = 44;

/** Shortens words that no box has room for; what was cut is among the details. */
export const shortened = (words: string, letters: number): string =>
  words.length <= letters ? words : `${words.slice(0, Math.max(1, letters - 1))}…`;

const mark = (faults: readonly string[]): readonly string[] => faults.map((fault) => `✗ ${fault}`);

const SOURCES = { static: "static", dhcp: "DHCP", docker: "given by Docker" } as const;

const nicLine = (nic: NicNode, container: string, host: string): Line => {
  const { name, mac, mtu, addresses, bridge, source, leaseEnds, status, faults } = nic;
  const address = addresses.join(", ");
  return {
    kind: "nic",
    status,
    left: name,
    right:
      address || (status === "bad" && mac === "" ? "missing" : source === "dhcp" ? "dhcp" : "–"),
    details: [
      `NIC ${name} of ${container} on ${host}`,
      ...mark(faults),
      `address: ${address || "none"} (${SOURCES[source]})`,
      ...(leaseEnds === "" ? [] : [`lease ends: ${leaseEnds} UTC`]),
      ...(mac === "" ? [] : [`MAC: ${mac}`, `MTU: ${mtu}`]),
      ...(bridge === "" ? [] : [`bridge: ${bridge}`]),
    ],
    container,
  };
};

const faultLines = (faults: readonly string[], container: string): readonly Line[] =>
  faults.map((fault) => ({
    kind: "fault",
    status: "bad",
    left: fault,
    right: "",
    details: [],
    container,
  }));

const containerLines = (box: ContainerNode, host: string): readonly Line[] => {
  const { name, image, status, faults, nics, isRunning } = box;
  return [
    {
      kind: "container",
      status,
      left: name,
      right: "",
      details: [
        `container ${name} on ${host}`,
        ...mark(faults),
        `image: ${image}`,
        ...(status === "unknown" ? [] : [`state: ${isRunning ? "running" : "not running"}`]),
      ],
      container: name,
    },
    ...faultLines(faults, name),
    ...nics.flatMap((nic) => [nicLine(nic, name, host), ...faultLines(nic.faults, name)]),
  ];
};

const linesOf = (host: HostNode): readonly Line[] => {
  const { name, status, bridges, containers, faults, otherContainers, leases } = host;
  const plain = { container: "", details: [] };
  return [
    ...faults.map(
      (fault): Line => ({
        kind: status === "unknown" ? "note" : "fault",
        status,
        left: fault,
        right: "",
        ...plain,
      }),
    ),
    ...bridges.map(
      (bridge): Line => ({
        kind: "bridge",
        status: "ok",
        left: bridge.name,
        right: `${bridge.datapath} · MTU ${bridge.mtu}`,
        details: [
          `bridge ${bridge.name} on ${name}`,
          `datapath: ${bridge.datapath}`,
          `MTU: ${bridge.mtu}`,
        ],
        container: "",
      }),
    ),
    ...(leases === "" || status === "unknown"
      ? []
      : [{ kind: "note", status, left: "DHCP", right: leases, ...plain } as const]),
    ...containers.flatMap((box) => containerLines(box, name)),
    ...(otherContainers === 0
      ? []
      : [
          {
            kind: "note",
            status: "ok",
            left: `+ ${otherContainers} other container${otherContainers === 1 ? "" : "s"}`,
            right: "",
            ...plain,
          } as const,
        ]),
  ];
};

/** What is written in a host's box, and how much room that takes, in pixels. Pure. */
export const boxOf = (host: HostNode): Box => {
  const lines = linesOf(host);
  const letters = Math.max(
    host.name.length + host.underlay.length + 2,
    ...lines.map(({ kind, left, right }) =>
      kind === "fault" || kind === "note"
        ? Math.min(left.length + right.length + 3, 34)
        : left.length + right.length + 6,
    ),
  );
  return {
    host,
    lines,
    width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, letters * LETTER + MARGIN)),
    height: HEAD_HEIGHT + lines.length * LINE_HEIGHT + FOOT_HEIGHT,
  };
};

/** What a host tells when its head is looked at. */
export const hostDetails = (host: HostNode): readonly string[] => {
  const { name, faults, status, os, kernel, openvswitch, docker, underlay } = host;
  return [
    `host ${name}`,
    ...(status === "unknown" ? faults.map((fault) => `? ${fault}`) : mark(faults)),
    `underlay: ${underlay}`,
    ...(os === "" ? [] : [`OS: ${os}`]),
    ...(kernel === "" ? [] : [`kernel: ${kernel}`]),
    ...(openvswitch === "" ? [] : [`Open vSwitch: ${openvswitch}`]),
    ...(docker === "" ? [] : [`Docker: ${docker}`]),
    ...(host.leases === "" ? [] : [`DHCP server: ${host.leases}`]),
  ];
};
