import { createHash } from "node:crypto";
import { type Command, join, sh } from "weft";

/** A name made from a bridge's, within 15 characters. */
const short = (bridge: string, suffix: string): string => {
  const plain = `${bridge}-${suffix}`;
  if (plain.length <= 15) return plain;
  return `${suffix}-${createHash("sha256").update(bridge).digest("hex").slice(0, 8)}`;
};

/** A bridge of the tunnels' own, and the ports that join it and the bridge of the containers. */
export const tunnelBridge = (bridge: string) => ({
  name: short(bridge, "tun"),
  inside: short(bridge, "to-tun"),
  outside: short(bridge, "of-tun"),
});

/** The name of the unit that puts the bridge's flows back. */
export const tunnelUnit = (bridge: string): string => `weft-flows-${tunnelBridge(bridge).name}`;

/**
 * The part of a transaction that makes the tunnels' bridge; its datapath has to be the other bridge's.
 * Being fail_mode=secure, it forwards what its flows say and nothing else.
 */
export const addTunnelBridge = (bridge: string, datapath: string): Command => {
  const { name, inside, outside } = tunnelBridge(bridge);
  const patch = (on: string, port: string, peer: string) =>
    sh`--may-exist add-port ${on} ${port} -- set Interface ${port} type=patch ${`options:peer=${peer}`}`;
  return join(
    [
      sh`--may-exist add-br ${name} -- set Bridge ${name} ${`datapath_type=${datapath}`} fail_mode=secure`,
      patch(bridge, inside, outside),
      patch(name, outside, inside),
    ],
    " -- ",
  );
};

/** The part that takes it away again, and the tunnels on it. */
export const removeTunnelBridge = (bridge: string): Command => {
  const { name, inside } = tunnelBridge(bridge);
  return sh`--if-exists del-br ${name} -- --if-exists del-port ${bridge} ${inside}`;
};
