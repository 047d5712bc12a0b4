import { type Peer, sh, task } from "weft";
import type { MeshVars } from "../../inventory/contract.ts";
import { askPairs, pairsToOtherHosts, type Range } from "../verify/ask.ts";
import { boxesOf } from "../verify/boxes.ts";
import { largestPasses } from "../verify-packet-size.ts";
import { type Ping, parsePings, ping } from "../verify-pings.ts";

/** How pings between containers of different hosts went, by "FROM TO". */
export interface Traffic {
  readonly pings: ReadonlyMap<string, Ping>;
  /** Pairs between which small packets pass and those as large as the MTU do not. */
  readonly tooLarge: ReadonlySet<string>;
}

interface TunnelTrafficOptions {
  /** The host whose containers ping. */
  readonly host: string;
  /** All hosts of the mesh. */
  readonly hosts: readonly Peer<MeshVars>[];
  /** Where leased addresses are looked for. */
  readonly range: Range | undefined;
}

/** Whether packets small and large pass from containers of a host to one on each other host. */
export const tunnelTraffic = ({ host, hosts, range }: TunnelTrafficOptions) =>
  task<Traffic>({
    title: "tunnels carry packets",
    probe: {
      command: askPairs({
        pairs: pairsToOtherHosts(boxesOf(hosts), host),
        range,
        sweep: false,
        each: sh`${ping}
case $said in
  *" = "*)
    ${largestPasses}
    [ "$largest" = 0 ] || echo "too large $from $to" ;;
esac`,
      }),
      parse: ({ stdout }) => ({
        pings: parsePings(stdout),
        tooLarge: new Set(
          [...stdout.matchAll(/^too large (\S+ \S+)$/gm)].map(([, key = ""]) => key),
        ),
      }),
    },
    plan: () => [],
  });
