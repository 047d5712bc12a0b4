import type { MeshLab } from "../support/mesh-lab.ts";

const members = [
  { host: "lab-1", own: "192.168.56.105", other: "192.168.56.106" },
  { host: "lab-2", own: "192.168.56.106", other: "192.168.56.105" },
] as const;

const protect = (isProtected: boolean): string =>
  `ovs-vsctl set Port loop91 protected=${isProtected} -- set Port loop92 protected=${isProtected}`;

/** Frames that reach a port of lab-1 in two seconds after one broadcast there. */
export interface Loop {
  /** Every tunnel port is protected. */
  readonly protected: number;
  /** Those of lab-2 are. */
  readonly half: number;
  readonly plain: number;
}

/**
 * Joins a bridge of each host by two tunnels at once, which is a loop, and sends broadcasts.
 * A broadcast that goes round is ended by protecting the ports again.
 */
export const loop = async (lab: MeshLab): Promise<Loop> => {
  for (const { host, own, other } of members) {
    await lab.on(
      host,
      `ovs-vsctl add-br loop -- ${[91, 92]
        .map(
          (vni) =>
            `add-port loop loop${vni} -- set Port loop${vni} protected=true -- set Interface loop${vni} type=vxlan options:remote_ip=${other} options:local_ip=${own} options:key=${vni}`,
        )
        .join(" -- ")}
ip link add probe type veth peer name probe-port
for link in loop probe probe-port; do
  echo 1 >/proc/sys/net/ipv6/conf/$link/disable_ipv6
  ip link set $link up
done
ip addr add 10.99.0.1/24 dev probe
ovs-vsctl add-port loop probe-port`,
    );
  }
  // Nobody has the address that is asked for.
  const count = `frames() { cat /sys/class/net/probe/statistics/rx_packets; }
before=$(frames); arping -q -c 1 -w 1 -I probe 10.99.0.9; sleep 2; echo $(($(frames) - before))`;
  try {
    const quiet = await lab.on("lab-1", count);
    const half = await lab.on("lab-1", `${protect(false)}; ${count}`);
    await lab.on("lab-2", `(sleep 20; ${protect(true)}) >/dev/null 2>&1 & ${protect(false)}`);
    const plain = await lab.on("lab-1", `${count}; ${protect(true)}`);
    return { protected: Number(quiet), half: Number(half), plain: Number(plain) };
  } finally {
    for (const { host } of members) await lab.on(host, `ovs-vsctl del-br loop; ip link del probe`);
  }
};
