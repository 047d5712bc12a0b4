import { type Peer, type Result, result } from "weft";
import type { MeshVars } from "../../inventory/contract.ts";
import type { ObservedHost } from "../network/observe.ts";
import type { ServiceState } from "../service.ts";
import type { AddressHolders } from "./address-holders.ts";
import type { DhcpOffers } from "./dhcp-offers.ts";
import type { Denials } from "./selinux-denials.ts";
import type { Traffic } from "./tunnel-traffic.ts";

/** What hosts register in the first play, and all see in the second one. */
export const asked = {
  agent: result<ServiceState>("agent"),
  denials: result<Denials>("SELinux denials"),
  peers: result<ReadonlySet<string>>("peers that answer"),
};

const newlyAsked = () => ({
  network: result<ObservedHost>("network"),
  traffic: result<Traffic>("traffic through tunnels"),
  holders: result<AddressHolders>("holders of addresses"),
  offers: result<DhcpOffers>("DHCP offers"),
});

const askedOf = new Map<number, ReturnType<typeof newlyAsked>>();

/** The same of one network: always the same results for a VNI. */
export const askedOfNetwork = (vni: number): ReturnType<typeof newlyAsked> => {
  const known = askedOf.get(vni) ?? newlyAsked();
  askedOf.set(vni, known);
  return known;
};

/** All that one host said of a network, and of itself. */
export interface Answers {
  readonly network: ObservedHost;
  readonly agent: ServiceState;
  readonly denials: Denials;
  /** The hosts whose tunnel endpoint answers a ping. */
  readonly peers: ReadonlySet<string>;
  readonly traffic: Traffic;
  readonly holders: AddressHolders;
  readonly offers: DhcpOffers;
}

/** What the hosts of a network said that said everything. */
export const answersOf = (
  vni: number,
  hosts: readonly Peer<MeshVars>[],
  resultsOf: <Value>(of: Result<Value>) => ReadonlyMap<string, Value>,
): ReadonlyMap<string, Answers> => {
  const own = askedOfNetwork(vni);
  const [network, agent, denials, peers, traffic, holders, offers] = [
    resultsOf(own.network),
    resultsOf(asked.agent),
    resultsOf(asked.denials),
    resultsOf(asked.peers),
    resultsOf(own.traffic),
    resultsOf(own.holders),
    resultsOf(own.offers),
  ];
  return new Map(
    hosts.flatMap(({ name }) => {
      const answers = {
        network: network.get(name),
        agent: agent.get(name),
        denials: denials.get(name),
        peers: peers.get(name),
        traffic: traffic.get(name),
        holders: holders.get(name),
        offers: offers.get(name),
      };
      return isWhole(answers) ? [[name, answers] as const] : [];
    }),
  );
};

const isWhole = (
  some: { readonly [Key in keyof Answers]: Answers[Key] | undefined },
): some is Answers => Object.values(some).every((one) => one !== undefined);
