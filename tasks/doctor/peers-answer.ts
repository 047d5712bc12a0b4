import { sh, task } from "weft";

/**
 * Which hosts' tunnel endpoints answer a ping from this one.
 *
 * @param peers the other hosts of the mesh
 */
export const peersAnswer = (
  peers: readonly { readonly name: string; readonly address: string }[],
) =>
  task<ReadonlySet<string>>({
    title: "other hosts answer",
    probe: {
      command: sh`
printf '%s\n' ${peers.map(({ name, address }) => `${name} ${address}`)} | {
  count=0
  while read -r name address; do
    [ -n "$name" ] || continue
    { ping -n -q -c 1 -W 1 "$address" || ping -n -q -c 2 -i 0.3 -W 1 "$address"; } >/dev/null 2>&1 &&
      echo "peer $name" &
    count=$((count + 1))
    [ $((count % 64)) -ne 0 ] || wait
  done
  wait
}`,
      parse: ({ stdout }) =>
        new Set([...stdout.matchAll(/^peer (\S+)$/gm)].map(([, name = ""]) => name)),
    },
    plan: () => [],
  });
