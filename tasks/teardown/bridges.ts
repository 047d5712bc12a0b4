import { change, join, sh, task } from "weft";
import { askOvs, list, map, parseOvs, text } from "../ovs/tables.ts";
import { tunnelBridge } from "../ovs/tunnel-bridge.ts";

interface BridgesOptions {
  readonly bridges: readonly string[];
  /** The underlay's NIC, which is a port of one of them where Open vSwitch needs it there. */
  readonly nic: string;
}

/** The bridges that are there, each with its ports that weft did not make. */
type BridgesState = ReadonlyMap<string, readonly string[]>;

/** None of these bridges, nor their tunnels and ports, also where a run was cut before it made their units. */
export const noBridges = ({ bridges, nic }: BridgesOptions) => {
  const all = bridges.flatMap((bridge) => [bridge, tunnelBridge(bridge).name]);
  return task<BridgesState>({
    title: `no bridges ${bridges.join(", ")}`,
    probe: {
      command: askOvs(
        sh`--columns=name,ports list Bridge -- --columns=_uuid,name,external_ids list Port -- --columns=name,type,external_ids list Interface`,
      ),
      parse: (result) => {
        const [rows = [], ports = [], interfaces = []] = parseOvs(result) ?? [];
        const isOwn = (port: string): boolean => {
          const row = interfaces.find((it) => text(it, "name") === port);
          return (
            port === nic ||
            ["internal", "patch"].includes(text(row, "type")) ||
            map(row, "external_ids").weft_container !== undefined
          );
        };
        const foreign = (ids: readonly string[]): readonly string[] =>
          ports
            .filter((it) => ids.includes(text(it, "_uuid")))
            .filter((it) => map(it, "external_ids").weft_peer === undefined)
            .map((it) => text(it, "name"))
            .filter((name) => !isOwn(name));
        return new Map(
          rows
            .filter((row) => all.includes(text(row, "name")))
            .map((row) => [text(row, "name"), foreign(list(row, "ports"))]),
        );
      },
    },
    plan: (found) => {
      const names = [...found].map(([name, ports]) =>
        ports.length > 0 ? `${name} with its ports ${ports.join(", ")}` : name,
      );
      return change(
        found.size > 0,
        `remove ${names.join(", ")}`,
        sh`ovs-vsctl --timeout=60 ${join(
          [...found.keys()].map((name) => sh`--if-exists del-br ${name}`),
          " -- ",
        )}`,
        // The NIC may be a port of one of them.
        { mayDisconnect: true },
      );
    },
  });
};
