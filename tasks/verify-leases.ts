import ipaddr from "ipaddr.js";
import { type Peer, sh, TaskError, task } from "weft";
import { inspectNamed } from "./docker/inspect-named.ts";
import { inNetns, sameNetns } from "./nic/in-netns.ts";
import { vethName } from "./nic/names.ts";
import type { Range } from "./verify/ask.ts";
import { type Box, boxesOf, type MeshHost } from "./verify/boxes.ts";

interface VerifyLeasesOptions {
  readonly host: string;
  /** All hosts of the mesh: what a play's `hosts` gives. */
  readonly hosts: readonly Peer<MeshHost>[];
  readonly range?: Range | undefined;
}

/** What one container was seen to have. */
export interface Seen {
  /** IPv4 addresses of its mesh NIC. */
  readonly addresses: readonly string[];
  /** Its DHCP client runs. */
  readonly client: boolean;
  /** The default routes, as ip(8) prints them. */
  readonly routes: readonly string[];
  /** docker0's address; "" where it is not on docker0. */
  readonly gateway: string;
}

const ask = ({ name, nic }: Box) => sh`
found=$(inspect_named ${name} '{{.State.Pid}} {{.NetworkSettings.Gateway}}')
pid=\${found%% *}
if [ "\${pid:-0}" != 0 ]; then
  echo ${`box ${name}`}" \${found#* }"
  in_netns "$pid" ip -4 -o address show dev ${nic} | sed 's/^/address /'
  in_netns "$pid" ip -4 route show default | sed 's/^/route /'
  if read -r client 2>/dev/null <${`/var/run/dhclient-${vethName(name, nic)}.pid`} &&
    same_netns "$client" "$pid"; then echo client; fi
fi`;

const inRange = (address: string, { from, to }: Range): boolean => {
  const [low, it, high] = [from, address, to].map((one) =>
    ipaddr.IPv4.parse(one).octets.reduce((number, octet) => number * 256 + octet, 0),
  );
  return low !== undefined && it !== undefined && high !== undefined && low <= it && it <= high;
};

const faultsOf = (
  box: Box,
  seen: Seen | undefined,
  range: Range | undefined,
): readonly string[] => {
  if (seen === undefined) return [`${box.name} is not running`];
  const { addresses, client, routes, gateway } = seen;
  const leased = addresses.length === 1 && !!range && inRange(addresses[0] ?? "", range);
  return [
    ...(box.address === undefined && !leased
      ? [`${box.name} ${box.nic} has no lease: ${addresses.join(", ") || "no address"}`]
      : []),
    ...(box.address === undefined && !client
      ? [`${box.name} ${box.nic} has no DHCP client that renews its lease`]
      : []),
    ...(box.onDocker0 && !routes.some((route) => route.startsWith(`default via ${gateway} dev `))
      ? [`${box.name} has lost its default route over docker0: ${routes.join(", ") || "none"}`]
      : []),
  ];
};

/**
 * Every container that asks for an address has a lease of the server's range and a client that renews it,
 * and containers with a NIC on docker0 have kept their default route there.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * verifyLeases({ host: "lab-1", hosts, range: { from: "10.1.2.100", to: "10.1.2.199" } })
 * ```
 */
export const verifyLeases = ({ host, hosts, range }: VerifyLeasesOptions) => {
  const boxes = boxesOf(hosts).filter((box) => box.host === host);
  return task<ReadonlyMap<string, Seen>>({
    title: "leases, and default routes over docker0",
    probe: {
      command: boxes
        .map(ask)
        .reduce((all, one) => sh`${all}${one}`, sh`${inspectNamed}${inNetns}${sameNetns}`),
      parse: ({ stdout }) =>
        new Map(
          stdout
            .split(/^box /m)
            .slice(1)
            .map((part) => {
              const [, name = "", gateway = ""] = /^(\S+) ?(\S*)/.exec(part) ?? [];
              const all = (pattern: RegExp): readonly string[] =>
                [...part.matchAll(pattern)].map(([, it = ""]) => it);
              return [
                name,
                {
                  gateway,
                  addresses: all(/^address .* inet ([\d.]+)/gm),
                  routes: all(/^route (.*\S)/gm),
                  client: /^client$/m.test(part),
                },
              ];
            }),
        ),
    },
    plan: (seen) => {
      const faults = boxes.flatMap((box) => faultsOf(box, seen.get(box.name), range));
      if (faults.length === 0) return [];
      throw new TaskError(faults.join("\n"), {
        hint: "weft run playbooks/mesh.ts attaches NICs again; see also journalctl -u dhcpd on the DHCP server.",
      });
    },
  });
};
