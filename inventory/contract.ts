import { existsSync } from "node:fs";
import ipaddr from "ipaddr.js";
import { type CrossHostProblem, defineContract } from "weft";
import * as z from "zod";

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
});

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
  nics: z.array(nic).min(1, "expected at least one NIC"),
});

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
  vni: z
    .number()
    .int()
    .min(1)
    .max(2 ** 24 - 1)
    .default(42),
  /** A package such as openvswitch3.1; left out: the newest that the host is offered. */
  openvswitch: z.string().optional(),
  containers: z.array(container).default([]),
});

const dhcp = z.object({
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
}

/** Finds values that are claimed twice. */
const duplicates = (what: string, claims: readonly Claim[]): CrossHostProblem[] => {
  const owners = new Map<string, Claim>();
  return claims.flatMap((claim) => {
    const owner = owners.get(claim.value);
    if (owner === undefined) {
      owners.set(claim.value, claim);
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

/** The variables that each group must have. */
export const contract = defineContract({ mesh, dhcp }, (members) => {
  const nics = members.mesh.flatMap(({ name: host, vars }) =>
    vars.containers.flatMap((box, at) =>
      box.nics.map((it, index) => ({
        host,
        field: `mesh.containers.${at}.nics.${index}.address`,
        value: it.address.split("/")[0] ?? "",
      })),
    ),
  );
  const servers = members.dhcp.map(({ name: host, vars }) => ({
    host,
    field: "dhcp.address",
    value: vars.address.split("/")[0] ?? "",
  }));
  const statics = [...servers, ...nics.filter(({ value }) => value !== "dhcp")];
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
    ...members.dhcp.flatMap(({ name: host, vars }) => rangeProblems(host, vars, statics)),
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
