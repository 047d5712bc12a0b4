import { existsSync } from "node:fs";
import ipaddr from "ipaddr.js";
import { type CrossHostProblem, defineContract } from "weft";
import * as z from "zod";
import { networksOf } from "./networks.ts";
import { portProblems } from "./outside.ts";

const ipv4 = z.ipv4("expected an IPv4 address such as 192.168.56.105");
const cidr = z.cidrv4("expected an IPv4 address with its prefix, such as 10.1.2.31/24");

/** Linux takes 15 characters at most, and neither "/" nor white space. */
const interfaceName = z
  .string()
  .regex(/^[^\s/]{1,15}$/, "expected an interface name of 1 to 15 characters");

const nic = z.object({
  name: interfaceName,
  /** An address with its prefix, or a lease from the mesh's DHCP server. */
  address: z.union(
    [cidr, z.literal("dhcp")],
    'expected an address such as 10.1.2.31/24, or "dhcp"',
  ),
  /** The bridge that it is a port of. */
  bridge: interfaceName.default("vxbr"),
  /** The VLAN that it is an access port of: it hears NICs of the same VLAN only. */
  vlan: z.number().int().min(1).max(4094).optional(),
});

// No DHCP server is in a VLAN.
const tagged = nic.refine(({ address, vlan }) => vlan === undefined || address !== "dhcp", {
  path: ["address"],
  error: "expected an address such as 10.1.2.31/24: no DHCP server answers in a VLAN",
});

const port = z.number().int().min(1).max(65535);

const container = z.object({
  name: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/, "expected a container name: letters, digits and _ . -"),
  image: z.string().min(1),
  /** A file made by `docker save`, loaded where the host does not have the image. */
  archive: z
    .string()
    .refine(existsSync, { error: ({ input }) => `no such file: ${String(input)}` })
    .optional(),
  command: z.array(z.string()).default([]),
  /** "none": mesh NICs only. "bridge": eth0 on docker0 as well. */
  network: z.enum(["none", "bridge"]).default("none"),
  /** Ports of the host that lead to ports of its own: it needs a NIC with a fixed address on the host's first bridge. */
  ports: z
    .array(
      z.object({
        host: port,
        container: port,
        protocol: z.enum(["tcp", "udp"]).default("tcp"),
      }),
    )
    .default([]),
  nics: z.array(tagged).min(1, "expected at least one NIC"),
});

const vni = z
  .number()
  .int()
  .min(1)
  .max(2 ** 24 - 1);

const mesh = z.object({
  underlay: z.object({
    /** The host's tunnel endpoint, an address that it has on the underlay. */
    address: ipv4,
    prefix: z.number().int().min(1).max(32).default(24),
    interface: interfaceName.default("eth0"),
    /** Bytes. */
    mtu: z.number().int().min(1280).max(9216).default(1500),
  }),
  /** The kernel's where the host has it, or as said. */
  datapath: z.enum(["auto", "system", "netdev"]).default("auto"),
  bridge: interfaceName.default("vxbr"),
  vni: vni.default(42),
  /** Further networks beside this one, each with a bridge and a VNI of its own. */
  networks: z.array(z.object({ bridge: interfaceName, vni })).default([]),
  /** "ports": a tunnel port to each other host. "flow": one for all, with flows; docs/scale.md says from how many on. */
  tunnels: z.enum(["ports", "flow"]).default("ports"),
  /** A package such as openvswitch3.1; left out: the newest that the host is offered. */
  openvswitch: z.string().optional(),
  /**
   * The host's own address on its first bridge. Its containers without docker0 then reach the outside through it,
   * and published ports lead to containers.
   */
  gateway: cidr.optional(),
  containers: z.array(container).default([]),
  /** teardown.ts leaves the packages that came for the network: `--keep-packages`. */
  keepPackages: z.boolean().default(false),
});

const dhcp = z.object({
  /** The bridge that it serves, and with it the network. Left out: the host's first one. */
  bridge: interfaceName.optional(),
  /** The server's own address on the bridge. */
  address: cidr,
  range: z.object({ from: ipv4, to: ipv4 }),
  /** Seconds. */
  leaseTime: z.number().int().min(60).default(3600),
});

/** A container as playbooks see it. */
export type Container = z.output<typeof container>;
/** A container's NIC as playbooks see it. */
export type Nic = z.output<typeof nic>;
/** A host's variables in the group "mesh". */
export type MeshVars = z.output<typeof mesh>;
/** A host's variables in the group "dhcp". */
export type DhcpVars = z.output<typeof dhcp>;

interface Claim {
  readonly host: string;
  readonly field: string;
  readonly value: string;
  /** Within which the value must be the only one. Left out: everywhere. */
  readonly within?: string;
}

/** Finds values that are claimed twice. */
const duplicates = (what: string, claims: readonly Claim[]): CrossHostProblem[] => {
  const owners = new Map<string, Claim>();
  return claims.flatMap((claim) => {
    const key = `${claim.within ?? ""} ${claim.value}`;
    const owner = owners.get(key);
    if (owner === undefined) {
      owners.set(key, claim);
      return [];
    }
    const { host, field, value } = claim;
    return [
      {
        host,
        field,
        message: `duplicate ${what} ${value}: ${owner.host} has it at ${owner.field}`,
      },
    ];
  });
};

/** What tells the network that a bridge of a host belongs to: its VNI, where it has one. */
const networkOf = (vars: MeshVars | undefined, bridge: string | undefined): string => {
  const all = vars === undefined ? [] : networksOf(vars);
  const found = bridge === undefined ? all[0] : all.find((it) => it.bridge === bridge);
  return found === undefined ? (bridge ?? "") : String(found.vni);
};

/** The variables that each group must have. */
export const contract = defineContract({ mesh, dhcp }, (members) => {
  const nics = members.mesh.flatMap(({ name: host, vars }) =>
    vars.containers.flatMap((box, at) =>
      box.nics.map((it, index) => ({
        host,
        field: `mesh.containers.${at}.nics.${index}.address`,
        value: it.address.split("/")[0] ?? "",
        within: networkOf(vars, it.bridge),
      })),
    ),
  );
  const meshVars = new Map(members.mesh.map(({ name, vars }) => [name, vars]));
  const servers = members.dhcp.map(({ name: host, vars }) => ({
    host,
    field: "dhcp.address",
    value: vars.address.split("/")[0] ?? "",
    within: networkOf(meshVars.get(host), vars.bridge),
  }));
  // A host's DHCP server and its gateway may be the same address.
  const gateways = members.mesh.flatMap(({ name: host, vars }) => {
    const value = vars.gateway?.split("/")[0] ?? "";
    const within = networkOf(vars, vars.bridge);
    const serves = servers.some(
      (it) => it.host === host && it.value === value && it.within === within,
    );
    return value === "" || serves ? [] : [{ host, field: "mesh.gateway", value, within }];
  });
  const statics = [...servers, ...gateways, ...nics.filter(({ value }) => value !== "dhcp")];
  return [
    ...duplicates(
      "underlay address",
      members.mesh.map(({ name: host, vars }) => ({
        host,
        field: "mesh.underlay.address",
        value: vars.underlay.address,
      })),
    ),
    ...duplicates("address", statics),
    ...members.mesh.flatMap(({ name: host, vars }) => portProblems(host, vars)),
    ...duplicates(
      "container name",
      members.mesh.flatMap(({ name: host, vars }) =>
        vars.containers.map(({ name }, at) => ({
          host,
          field: `mesh.containers.${at}.name`,
          value: name,
        })),
      ),
    ),
    ...members.mesh.flatMap(({ name: host, vars }) => {
      const claim = (value: string | number, index: number): Claim => ({
        host,
        field: index === 0 ? "mesh" : `mesh.networks.${index - 1}`,
        value: String(value),
      });
      const networks = networksOf(vars);
      return [
        ...duplicates(
          "bridge",
          networks.map(({ bridge }, index) => claim(bridge, index)),
        ),
        ...duplicates(
          "VNI",
          networks.map(({ vni: number }, index) => claim(number, index)),
        ),
      ];
    }),
    ...members.dhcp.flatMap(({ name: host, vars }) => {
      const network = networkOf(meshVars.get(host), vars.bridge);
      return rangeProblems(
        host,
        vars,
        statics.filter((claim) => claim.within === network),
      );
    }),
    ...members.dhcp.flatMap(({ name: host, vars: { bridge } }) => {
      const own = meshVars.get(host);
      if (bridge === undefined || own === undefined) return [];
      const bridges = networksOf(own).map((it) => it.bridge);
      if (bridges.includes(bridge)) return [];
      const message = `${host} has no network on ${bridge}: it has ${bridges.join(", ")}`;
      return [{ host, field: "dhcp.bridge", message }];
    }),
  ];
});

const toNumber = (address: string): number =>
  ipaddr.IPv4.parse(address).octets.reduce((number, octet) => number * 256 + octet, 0);

/** The range lies in the server's subnet, the right way round, and holds no static address. */
function rangeProblems(
  host: string,
  vars: DhcpVars,
  statics: readonly Claim[],
): CrossHostProblem[] {
  const subnet = ipaddr.IPv4.parseCIDR(vars.address);
  const { from, to } = vars.range;
  const outside = [from, to].filter((address) => !ipaddr.IPv4.parse(address).match(subnet));
  if (outside.length > 0) {
    return [
      { host, field: "dhcp.range", message: `${outside.join(", ")} is not in ${vars.address}` },
    ];
  }
  if (toNumber(from) > toNumber(to)) {
    return [{ host, field: "dhcp.range", message: `from ${from} is after to ${to}` }];
  }
  return statics
    .filter(({ value }) => toNumber(from) <= toNumber(value) && toNumber(value) <= toNumber(to))
    .map((claim) => ({
      host: claim.host,
      field: claim.field,
      message: `${claim.value} lies in the DHCP range ${from} to ${to} of ${host}`,
    }));
}
