import type { DhcpVars, MeshVars } from "../../inventory/contract.ts";
import type { HostReport } from "../../src/graph/compare.ts";
import type { Peer } from "../../src/inventory/contract.ts";
import type { ObservedHost } from "../../tasks/network/observe.ts";
import { stableMac, vethName } from "../../tasks/nic/names.ts";
import type { Ping } from "../../tasks/verify-pings.ts";

/** A mesh of any size as its hosts would tell it when all is as declared; tests break what they want. */
export interface MeshReport {
  readonly at: string;
  readonly mesh: readonly Peer<MeshVars>[];
  readonly dhcp: readonly Peer<DhcpVars>[];
  readonly asked: readonly string[];
  readonly reports: Map<string, HostReport>;
  readonly silent: Map<string, string>;
}

const member = (number: number): Peer<MeshVars> => ({
  name: `node-${number}`,
  vars: {
    underlay: { address: `192.0.2.${number}`, prefix: 24, interface: "eth0", mtu: 1500 },
    datapath: "auto",
    bridge: "vxbr",
    vni: 42,
    networks: [],
    tunnels: "ports",
    keepPackages: false,
    containers: [
      {
        name: `web-${number}`,
        image: "nginx",
        command: [],
        ports: [],
        network: "none",
        nics: [{ name: "eth0", address: `10.1.2.${number}/24`, bridge: "vxbr" }],
      },
    ],
  },
});

const told = ({ name, vars }: Peer<MeshVars>, mesh: readonly Peer<MeshVars>[]): ObservedHost => ({
  os: "CentOS Stream 9",
  kernel: "5.14.0",
  openvswitch: "3.1.0",
  switches: true,
  docker: "20.10.24",
  bridges: [{ name: vars.bridge, datapath: "system", mtu: 1450 }],
  tunnels: mesh
    .filter((peer) => peer.name !== name)
    .map((peer) => ({
      port: `vx42-${peer.name}`,
      bridge: vars.bridge,
      peer: peer.name,
      type: "vxlan",
      vni: "42",
      localIp: vars.underlay.address,
      remoteIp: peer.vars.underlay.address,
      isProtected: true,
      error: "",
      sentPackets: 12,
      receivedPackets: 12,
    })),
  ports: vars.containers.map((box) => ({
    port: vethName(box.name, "eth0"),
    bridge: vars.bridge,
    container: box.name,
    nic: "eth0",
    process: "100:1",
    error: "",
  })),
  containers: vars.containers.map((box) => ({
    id: box.name,
    name: box.name,
    image: box.image,
    isRunning: true,
    exitCode: 0,
    process: "100:1",
    namespace: "net:[1]",
    gateway: "",
    routes: [],
    nics: box.nics.map((nic) => ({
      name: nic.name,
      mac: stableMac(box.name, nic.name),
      mtu: 1450,
      isUp: true,
      peerIndex: 7,
      offload: false,
      addresses: [nic.address],
    })),
  })),
  deadPorts: [],
  clients: [],
  addresses: [{ interface: "eth0", address: `${vars.underlay.address}/24` }],
  masters: new Map(),
  links: [{ name: "eth0", mtu: 1500 }],
  underlayOffload: false,
  servesDhcp: false,
});

const pings = (host: Peer<MeshVars>, mesh: readonly Peer<MeshVars>[]): ReadonlyMap<string, Ping> =>
  new Map(
    host.vars.containers.flatMap((from) =>
      mesh
        .filter((peer) => peer !== host)
        .map((peer) => [`${from.name} ${peer.vars.containers[0]?.name}`, 0.5] as const),
    ),
  );

/** @param count how many hosts */
export const meshReport = (count: number): MeshReport => {
  const mesh = Array.from({ length: count }, (_, index) => member(index + 1));
  return {
    at: "2026-01-02T03:04:05.000Z",
    mesh,
    dhcp: [],
    asked: mesh.map(({ name }) => name),
    reports: new Map(
      mesh.map((host) => [host.name, { network: told(host, mesh), pings: pings(host, mesh) }]),
    ),
    silent: new Map(),
  };
};

/** Changes what one host told. */
export const breakHost = (
  { reports }: MeshReport,
  host: string,
  change: (now: ObservedHost) => Partial<ObservedHost>,
): void => {
  const report = reports.get(host);
  if (report === undefined) throw new Error(`no host ${host}`);
  reports.set(host, { ...report, network: { ...report.network, ...change(report.network) } });
};
