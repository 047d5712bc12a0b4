import { change, sh, TaskError, task } from "weft";
import { vethName } from "./nic/names.ts";
import { scriptPath } from "./nic/script.ts";
import { askOvs, map, parseOvs, text } from "./ovs/tables.ts";

interface StrayNicsOptions {
  /** The containers with the NICs that are to stay. */
  readonly containers: readonly {
    readonly name: string;
    readonly nics: readonly { readonly name: string }[];
  }[];
}

/** NICs that weft has attached, or parts of such. */
export interface StrayState {
  /** The host's ends, each with the words that tell it: "a1 eth0" where its port says so. */
  readonly veths: ReadonlyMap<string, string>;
  /** Links to network namespaces that are gone, as ovs-docker and others leave behind. */
  readonly dangling: readonly string[];
}

/**
 * No NICs but those of the inventory: what is left of containers and NICs that are no longer listed is
 * detached, with DHCP client and lease. Ports that weft did not make are left alone.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * strayNics({ containers: [{ name: "a1", nics: [{ name: "eth0" }] }] })
 * ```
 */
export const strayNics = ({ containers }: StrayNicsOptions) => {
  const declared = new Set(
    containers.flatMap(({ name, nics }) => nics.map((nic) => vethName(name, nic.name))),
  );
  return task<StrayState>({
    title: "no other containers' NICs",
    probe: {
      command: sh`
for path in /sys/class/net/wv* /var/run/dhclient-wv*.pid /var/lib/dhclient/weft-wv*.leases; do
  if [ -e "$path" ]; then echo "$path"; fi
done
for path in /var/run/netns/*; do
  if [ -L "$path" ] && [ ! -e "$path" ]; then echo "dangling $path"; fi
done
${askOvs(sh`--columns=name,external_ids list Interface`)}`,
      parse: (result) => {
        const [rows = []] = parseOvs(result) ?? [];
        const veths = new Map(
          [...result.stdout.matchAll(/^\/.*(wv[0-9a-f]{12})(\.pid|\.leases)?$/gm)].map(
            ([, veth = ""]) => [veth, veth],
          ),
        );
        for (const row of rows) {
          const { weft_container: container, container_iface: nic } = map(row, "external_ids");
          if (container !== undefined) veths.set(text(row, "name"), `${container} ${nic ?? ""}`);
        }
        const dangling = [...result.stdout.matchAll(/^dangling (.+)$/gm)].map(
          ([, path = ""]) => path,
        );
        if (dangling.some((path) => !path.startsWith("/var/run/netns/"))) {
          throw new TaskError(`the host's answer cannot be understood: ${dangling.join(", ")}`);
        }
        return { veths, dangling };
      },
    },
    plan: ({ veths, dangling }) => [
      ...[...veths]
        .filter(([veth]) => !declared.has(veth))
        .map(([veth, words]) => ({
          summary: `detach ${words.trim()}`,
          command: sh`${scriptPath} detach ${veth}`,
        })),
      ...change(
        dangling.length > 0,
        `remove dangling ${dangling.join(", ")}`,
        sh`rm -f ${dangling}`,
      ),
    ],
  });
};
