import { type Command, type CommandResult, sh } from "weft";
import { askColumn, askOvs, hasColumn, list, map, parseOvs, text } from "./tables.ts";
import { tunnelBridge } from "./tunnel-bridge.ts";
import type { Tunnel } from "./tunnels.ts";

/** A port of the containers' bridge or of the tunnels' own, as the database holds it. */
export interface TunnelPort extends Tunnel {
  readonly ids: Readonly<Record<string, string>>;
  /** What Open vSwitch says is wrong with it; "" where nothing is. */
  readonly error: string;
}

/** What a host has of tunnels. */
export interface TunnelPorts {
  readonly ports: readonly TunnelPort[];
  /** Whether ports can be protected; Open vSwitch before 2.7 has no such column. */
  readonly canProtect: boolean;
  /** The containers' bridge's datapath, for that of another one beside it. */
  readonly datapath: string;
  /** The tunnels' own bridge; "partial" where it is not as it should be. */
  readonly ownBridge: "absent" | "partial" | "whole";
}

// A key of a port's external_ids, by which the program on the host knows whom it leads to.
const MARK = "weft_peer/";

/** The name of a peer's entry in the external_ids of a port that leads to many. */
export const peerKey = (address: string): string => `${MARK}${address}`;

/** Whom a port that leads to many leads to: names by address. */
export const peersOfPort = (ids: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(ids).flatMap(([key, name]) =>
      key.startsWith(MARK) ? [[key.slice(MARK.length), name]] : [],
    ),
  );

/** Has "$protected" be that column's part of a list of columns, or empty where Open vSwitch has none. */
export const askProtected: Command = askColumn("Port", "protected");

/** Asks for the ports of bridges, in two processes for any number of them. */
export const askTunnelPorts: Command = sh`${askProtected}
${askOvs(
  sh`--columns=name,ports,datapath_type,fail_mode list Bridge -- --columns=_uuid,name,"$protected"external_ids,interfaces list Port -- --columns=_uuid,name,type,options,error list Interface`,
)}`;

/** Reads the answer of {@link askTunnelPorts}. */
export const parseTunnelPorts = (bridge: string, result: CommandResult): TunnelPorts => {
  const [bridges = [], rows = [], interfaces = []] = parseOvs(result) ?? [];
  const own = tunnelBridge(bridge);
  const row = (name: string) => bridges.find((it) => text(it, "name") === name);
  const [shared, apart] = [row(bridge), row(own.name)];
  const bridgeOf = new Map(
    [shared, apart].flatMap((it) => list(it, "ports").map((id) => [id, text(it, "name")])),
  );
  const interfaceOf = new Map(interfaces.map((it) => [text(it, "_uuid"), it]));
  const ports = rows.flatMap((port): readonly TunnelPort[] => {
    const on = bridgeOf.get(text(port, "_uuid"));
    if (on === undefined) return [];
    const [first = ""] = list(port, "interfaces");
    const device = interfaceOf.get(first);
    const ids = map(port, "external_ids");
    return [
      {
        name: text(port, "name"),
        bridge: on,
        peer: ids.weft_peer ?? "",
        protected: text(port, "protected") === "true",
        type: text(device, "type"),
        options: map(device, "options"),
        ids,
        error: text(device, "error"),
      },
    ];
  });
  const isPortOf = (port: string, on: string): boolean =>
    ports.some((it) => it.name === port && it.bridge === on);
  const isWhole =
    text(apart, "fail_mode") === "secure" &&
    text(apart, "datapath_type") === text(shared, "datapath_type") &&
    isPortOf(own.inside, bridge) &&
    isPortOf(own.outside, own.name);
  return {
    ports,
    canProtect: hasColumn(result, "protected"),
    datapath: text(shared, "datapath_type"),
    ownBridge: apart === undefined ? "absent" : isWhole ? "whole" : "partial",
  };
};
