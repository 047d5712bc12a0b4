import type { Peer } from "weft";
import type { MeshVars } from "../../inventory/contract.ts";
import type { Answers } from "./answers.ts";
import { type Finding, meshRun } from "./finding.ts";
import { wayTo } from "./link-findings.ts";
import { isSwitchDown, type MeshAnswers } from "./mesh-answers.ts";

const addressOf = (cidr: string): string => cidr.split("/")[0] ?? "";

/** Addresses that the server answers from: any that its host has on the bridge, such as its gateway's. */
type Known = ReadonlySet<string>;

const isMissed = (own: Answers | undefined, known: Known): boolean =>
  own?.offers.asker !== undefined && !own.offers.servers.some((one) => known.has(one));

const strangers = (own: Answers | undefined, known: Known): readonly string[] =>
  own?.offers.servers.filter((one) => !known.has(one)) ?? [];

/**
 * What is wrong with the DHCP server as a host sees it. What the server's own host sees as well is said there,
 * and on no other.
 */
export const dhcpFindings = (
  mesh: MeshAnswers,
  host: Peer<MeshVars>,
  own: Answers,
): readonly Finding[] => {
  const { server, hosts, answers } = mesh;
  if (server === undefined) return [];
  const address = addressOf(server.vars.address);
  const home = hosts.find(({ name }) => name === server.name);
  const athome = answers.get(server.name);
  const known = new Set([
    address,
    ...(athome?.network.addresses ?? [])
      .filter((one) => one.interface === home?.vars.bridge)
      .map((one) => addressOf(one.address)),
  ]);
  const isHome = host.name === server.name;
  const isKnown =
    athome !== undefined &&
    (isSwitchDown(athome) ||
      !athome.network.servesDhcp ||
      !athome.network.addresses.some((one) => one.address === server.vars.address));
  const hasWay = isHome || (home !== undefined && wayTo(mesh, host, home) === "carries");
  const { asker } = own.offers;
  return [
    ...(isMissed(own, known) && !isKnown && hasWay && (isHome || !isMissed(athome, known))
      ? [
          {
            what: "DHCP server not reachable",
            why: `${asker} gets no offer from ${address} on ${server.name}`,
            mend: `${meshRun(server.name)} opens UDP 67; journalctl -u dhcpd there says what it hears`,
          } as const,
        ]
      : []),
    ...strangers(own, known)
      .filter((one) => isHome || !strangers(athome, known).includes(one))
      .map(
        (one): Finding => ({
          what: "second DHCP server",
          why: `${one} offers addresses to ${asker} as well`,
          mend: `stop it: ip neighbour show ${one} in ${asker} has its MAC, ovs-appctl fdb/show ${host.vars.bridge} the port behind which that is`,
        }),
      ),
  ];
};
