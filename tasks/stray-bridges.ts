import { sh, task } from "weft";
import { tunnelBridge, tunnelUnit } from "./ovs/tunnel-bridge.ts";
import { bridgeUnit } from "./ovs-bridge.ts";
import { removeUnit } from "./systemd/boot-unit.ts";

interface StrayBridgesOptions {
  /** The names of those that are to stay. */
  readonly bridges: readonly string[];
}

/**
 * No bridges but those of the inventory: one that an earlier run made goes, with its tunnels. weft knows its
 * own by the unit that brings them up at boot; bridges of others are left alone.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * strayBridges({ bridges: ["vxbr"] })
 * ```
 */
export const strayBridges = ({ bridges }: StrayBridgesOptions) =>
  task<readonly string[]>({
    title: "no other networks' bridges",
    probe: {
      command: sh`
for path in /etc/systemd/system/weft-bridge-*.service /etc/init.d/weft-bridge-*; do
  if [ -e "$path" ]; then echo "$path"; fi
done`,
      parse: ({ stdout }) => [
        ...new Set(
          [...stdout.matchAll(/\/weft-bridge-([\w.-]+?)(?:\.service)?$/gm)].map(
            ([, name = ""]) => name,
          ),
        ),
      ],
    },
    plan: (found) =>
      found
        .filter((name) => !bridges.includes(name))
        .map((name) => ({
          summary: `remove bridge ${name} and its tunnels`,
          command: sh`
ovs-vsctl --timeout=60 --if-exists del-br ${name} -- --if-exists del-br ${tunnelBridge(name).name} && {
  ${removeUnit(bridgeUnit(name))}
} && {
  ${removeUnit(tunnelUnit(name))}
}`,
        })),
  });
