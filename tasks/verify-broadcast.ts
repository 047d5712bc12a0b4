import { type Peer, sh, TaskError, task } from "weft";
import { askPairs, nameOf, pairsToOtherHosts, type Range, refuse } from "./verify/ask.ts";
import { boxesOf, type MeshHost } from "./verify/boxes.ts";

/** What came back for the broadcasts of one pair. */
export interface Replies {
  readonly replies: number;
  readonly sent: number;
}

interface VerifyBroadcastOptions {
  /** The host whose containers ask. */
  readonly host: string;
  /** All hosts of the mesh: what a play's `hosts` gives. */
  readonly hosts: readonly Peer<MeshHost>[];
  readonly range?: Range | undefined;
}

/**
 * A broadcast arrives on every other host exactly once: an ARP request that gets two replies has gone round
 * a loop, one that gets none has not arrived.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * verifyBroadcast({ host: "lab-1", hosts })
 * ```
 */
export const verifyBroadcast = ({ host, hosts, range }: VerifyBroadcastOptions) => {
  const boxes = boxesOf(hosts);
  const pairs = pairsToOtherHosts(boxes, host);
  return task<ReadonlyMap<string, Replies>>({
    title: "broadcasts arrive once",
    probe: {
      command: askPairs({
        pairs,
        range,
        sweep: false,
        each: sh`
for try in 1 2; do
  # arping ends with the reply it waits for; so it asks twice, and hears a second reply to the first.
  said=$(in_netns "$pid" arping -b -c 2 -w 3 -I "$nic" "$address" 2>&1)
  sent=\${said##*Sent }; sent=\${sent%% *}
  replies=\${said##*Received }; replies=\${replies%% *}
  [ "$replies" -lt "$sent" ] || break
done
echo "replies $from $to $replies $sent"`,
      }),
      parse: (result) => {
        refuse(result);
        return new Map(
          [...result.stdout.matchAll(/^replies (\S+ \S+) (\d+) (\d+)$/gm)].map(
            ([, key = "", replies, sent]) => [
              key,
              { replies: Number(replies), sent: Number(sent) },
            ],
          ),
        );
      },
    },
    plan: (counts) => {
      const faults = pairs.flatMap((pair) => {
        const it = counts.get(`${pair.from.name} ${pair.to.name}`);
        const words = `${nameOf(pair.from)} -> ${nameOf(pair.to)}`;
        if (it === undefined) return [`${words}: could not be tried`];
        const { replies, sent } = it;
        return replies === sent ? [] : [`${words}: ${replies} replies to ${sent} broadcasts`];
      });
      if (faults.length === 0) return [];
      throw new TaskError(faults.join("\n"), {
        hint: "More replies: a loop, look for tunnel ports without protected=true. Fewer: look for a tunnel that is down.",
      });
    },
  });
};
