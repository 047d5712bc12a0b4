import type { MeshLab } from "../support/mesh-lab.ts";

/** A network for benchmarks (RFC 2544), where the peers are that are declared but not there. */
const network = "198.18.0.0/15";

/** An edit of the lab's inventory: so many peers of lab-1, lab-2 among them. */
export const withPeers = (peers: number, tunnels: "ports" | "flow"): string =>
  `for (let peer = 2; peer <= ${peers}; peer += 1) {
  const address = \`198.18.\${peer >> 8}.\${peer & 255}\`;
  hosts[\`declared-\${peer}\`] = { address };
  mesh[\`declared-\${peer}\`] = { underlay: { address } };
}
mesh["lab-1"].tunnels = ${JSON.stringify(tunnels)};`;

/** Has lab-2 throw away what comes for declared peers, so that lab-1 really sends it; or takes that back. */
export const routeToDeclared = async (lab: MeshLab, isWanted: boolean): Promise<void> => {
  const verb = isWanted ? "replace" : "del";
  await lab.on("lab-2", `ip route ${verb} blackhole ${network}`);
  await lab.on("lab-1", `ip route ${verb} ${network} via 192.168.56.106`);
};

/** What one broadcast of a container costs its host. */
export interface Cost {
  /** Sent on the underlay. */
  readonly frames: number;
  /** The share of broadcasts for which the kernel asked ovs-vswitchd, in percent. */
  readonly asked: number;
}

/** Sends an even stream of broadcasts from container a1. */
export const broadcastCost = async (lab: MeshLab): Promise<Cost> => {
  const count = 50;
  const ping = (times: number) =>
    `nsenter -t "$pid" -n ping -q -b -c ${times} -i 0.2 -W 1 10.1.2.255 >/dev/null 2>&1`;
  const said = await lab.on(
    "lab-1",
    // The first ones find their way, which the others then know.
    `pid=$(docker inspect --format '{{.State.Pid}}' a1); ${ping(5)}; sleep 1
look() {
  cat /sys/class/net/eth0/statistics/tx_packets
  ovs-dpctl show | sed -n 's/.*missed:\\([0-9]*\\).*/\\1/p'
}
look; ${ping(count)}; look`,
  );
  const values = said.split("\n").map(Number);
  const per = (at: number) => ((values[at + 2] ?? Number.NaN) - (values[at] ?? 0)) / count;
  return { frames: per(0), asked: per(1) * 100 };
};
