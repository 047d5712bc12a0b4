import { type Peer, sh, TaskError, task } from "weft";
import { askPairs, nameOf, type Pair, type Range, refuse } from "./verify/ask.ts";
import { boxesOf, type MeshHost, oneOfEachOtherHost } from "./verify/boxes.ts";

interface VerifyBroadcastOptions {
  /** The host whose containers ask. */
  readonly host: string;
  readonly hosts: readonly Peer<MeshHost>[];
  readonly range?: Range | undefined;
}

/**
 * A broadcast arrives on every other host exactly once: an ARP request that gets two replies has gone round
 * a loop, one that gets none has not arrived.
 *
 * ```ts
 * verifyBroadcast({ host: "lab-1", hosts })
 * ```
 */
export const verifyBroadcast = ({ host, hosts, range }: VerifyBroadcastOptions) => {
  const boxes = boxesOf(hosts);
  const pairs = boxes
    .filter((box) => box.host === host)
    .flatMap((from) => oneOfEachOtherHost(boxes, host).map((to): Pair => ({ from, to })));
  return task<ReadonlyMap<string, number>>({
    title: "broadcasts arrive once",
    probe: {
      command: askPairs({
        pairs,
        range,
        sweep: false,
        each: sh`
for try in 1 2; do
  said=$(nsenter -t "$pid" -n arping -b -c 1 -w 2 -I "$nic" "$address" 2>&1)
  replies=\${said##*Received }; replies=\${replies%% *}
  [ "$replies" = 0 ] || break
done
echo "replies $from $to $replies"`,
      }),
      parse: (result) => {
        refuse(result);
        return new Map(
          [...result.stdout.matchAll(/^replies (\S+ \S+) (\d+)$/gm)].map(
            ([, key = "", replies]) => [key, Number(replies)],
          ),
        );
      },
    },
    plan: (replies) => {
      const faults = pairs.flatMap((pair) => {
        const count = replies.get(`${pair.from.name} ${pair.to.name}`);
        const words = `${nameOf(pair.from)} -> ${nameOf(pair.to)}`;
        if (count === undefined) return [`${words}: could not be tried`];
        return count === 1 ? [] : [`${words}: ${count} replies to one broadcast`];
      });
      if (faults.length === 0) return [];
      throw new TaskError(faults.join("\n"), {
        hint: "More than one reply: a loop, look for tunnel ports without protected=true. None: look for a tunnel that is down.",
      });
    },
  });
};
