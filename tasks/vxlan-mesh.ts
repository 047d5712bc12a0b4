import { change, type Peer, sh, TaskError, task } from "weft";
import { askOvs, list, map, parseOvs, text } from "./ovs/tables.ts";
import { sameTunnel, type Tunnel, transaction, tunnelLine, tunnelName } from "./ovs/tunnels.ts";

/** Bytes that VXLAN over IPv4 adds to a frame's payload: Ethernet 14, IP 20, UDP 8, VXLAN 8 (RFC 7348). */
export const VXLAN_OVERHEAD = 50;

/** The other hosts of a mesh, whether or not they answer: a host that is down keeps its tunnels. */
export const peersOf = (
  host: string,
  hosts: readonly Peer<{ readonly underlay: { readonly address: string } }>[],
): readonly { readonly name: string; readonly address: string }[] =>
  hosts
    .filter(({ name }) => name !== host)
    .map(({ name, vars }) => ({ name, address: vars.underlay.address }));

interface VxlanMeshOptions {
  readonly bridge: string;
  /** This host's tunnel endpoint. */
  readonly localIp: string;
  /** The other hosts, all of them: a tunnel to a host that is not listed is taken down. */
  readonly peers: readonly { readonly name: string; readonly address: string }[];
  /** VXLAN network number, 1 to 16,777,215. */
  readonly vni: number;
}

/** The tunnels of a bridge, and what Open vSwitch says is wrong with them. */
export interface MeshState {
  readonly tunnels: readonly Tunnel[];
  readonly errors: readonly string[];
}

const lines = (tunnels: readonly Tunnel[]): string =>
  tunnels
    .map((tunnel) => `${tunnelLine(tunnel)}\n`)
    .sort()
    .join("");

/**
 * A VXLAN tunnel to every peer, in one transaction.
 *
 * Every tunnel port is `protected`: frames never go from tunnel to tunnel. Without that a mesh of more
 * than two bridges is a loop, and one broadcast fills every link; so port and flag come in the same
 * transaction. https://docs.openvswitch.org/en/stable/ref/ovs-vswitchd.conf.db.5/ (Port, protected)
 *
 * Tunnels are known by `external_ids:weft_peer` of their port; ports without it are left alone.
 *
 * @example
 * ```ts
 * vxlanMesh({
 *   bridge: "vxbr",
 *   localIp: "192.168.56.105",
 *   peers: [{ name: "lab-2", address: "192.168.56.106" }],
 *   vni: 42,
 * })
 * ```
 */
export const vxlanMesh = ({ bridge, localIp, peers, vni }: VxlanMeshOptions) => {
  const desired = peers.map(
    ({ name, address }): Tunnel => ({
      name: tunnelName(vni, name),
      peer: name,
      protected: true,
      type: "vxlan",
      options: { key: String(vni), local_ip: localIp, remote_ip: address },
    }),
  );
  return task<MeshState>({
    title: `VXLAN ${vni} on ${bridge}: tunnels to ${peers.map(({ name }) => name).join(", ") || "nobody"}`,
    probe: {
      command: askOvs(
        sh`--columns=name,ports find Bridge name=${bridge} -- --columns=_uuid,name,protected,external_ids,interfaces list Port -- --columns=_uuid,name,type,options,error list Interface`,
      ),
      parse: (result) => {
        const [bridges = [], ports = [], interfaces = []] = parseOvs(result) ?? [];
        const onBridge = new Set(list(bridges[0], "ports"));
        const found = ports
          .filter((port) => onBridge.has(text(port, "_uuid")))
          .map((port) => {
            const [first] = list(port, "interfaces");
            const row = interfaces.find((it) => text(it, "_uuid") === first);
            const tunnel: Tunnel = {
              name: text(port, "name"),
              peer: map(port, "external_ids").weft_peer ?? "",
              protected: text(port, "protected") === "true",
              type: text(row, "type"),
              options: map(row, "options"),
            };
            return { tunnel, error: text(row, "error") };
          })
          .filter(
            ({ tunnel }) => tunnel.peer !== "" || desired.some(({ name }) => name === tunnel.name),
          );
        return {
          tunnels: found.map(({ tunnel }) => tunnel),
          errors: found.flatMap(({ tunnel, error }) => (error ? [`${tunnel.name}: ${error}`] : [])),
        };
      },
    },
    plan: ({ tunnels, errors }) => {
      const stray = tunnels.filter((now) => !desired.some(({ name }) => name === now.name));
      const missing = desired.filter((want) => !tunnels.some((now) => sameTunnel(now, want)));
      if (missing.length === 0 && stray.length === 0 && errors.length > 0) {
        throw new TaskError(`Open vSwitch cannot set up ${errors.join("; ")}`, {
          hint: "Two tunnels with the same addresses and VNI exclude each other: look for another one with ovs-vsctl show.",
        });
      }
      const named = new Set(tunnels.map(({ name }) => name));
      const part = (verb: string, some: readonly Tunnel[]): readonly string[] =>
        some.length === 0 ? [] : [`${verb} ${some.map(({ peer }) => peer).join(", ")}`];
      const summary = [
        ...part(
          "add tunnels to",
          missing.filter(({ name }) => !named.has(name)),
        ),
        ...part(
          "mend tunnels to",
          missing.filter(({ name }) => named.has(name)),
        ),
        ...part("remove tunnels to", stray),
      ].join(", ");
      const diff = {
        subject: `tunnels of ${bridge}`,
        before: lines(tunnels),
        after: lines(desired),
      };
      return change(summary !== "", summary, transaction(bridge, missing, stray), { diff });
    },
  });
};
