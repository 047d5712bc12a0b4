import type { MeshLab } from "../support/mesh-lab.ts";

const receive =
  'import socket; s = socket.create_server(("", 7000)); s.settimeout(20); c, _ = s.accept(); c.settimeout(20); print(sum(len(d) for d in iter(lambda: c.recv(65536), b"")))';
const send =
  'import socket; socket.create_connection(("10.98.0.2", 7000), 10).sendall(bytes(1048576))';

/** What came through a bridge between two network namespaces. */
export interface Carried {
  /** Of 2 pings. */
  readonly pings: number;
  /** Of a mebibyte over TCP. */
  readonly bytes: number;
}

/**
 * Sends through a bridge of its own on lab-1.
 * @param checksums "on": the sender leaves TCP's checksums to the device
 */
export const throughBridge = async (
  lab: MeshLab,
  datapath: "system" | "netdev",
  checksums: "on" | "off",
): Promise<Carried> => {
  const said = await lab.on(
    "lab-1",
    `ovs-vsctl add-br sums -- set Bridge sums datapath_type=${datapath}
for n in 1 2; do
  ip netns add sums$n
  ip link add sums$n type veth peer name eth0 netns sums$n
  ip netns exec sums$n sh -c "ip link set eth0 up; ip addr add 10.98.0.$n/24 dev eth0; ethtool -K eth0 tx ${checksums} >/dev/null"
  ethtool -K sums$n tx ${checksums} >/dev/null
  ip link set sums$n up
  ovs-vsctl add-port sums sums$n
done
sleep 2
pings=$(ip netns exec sums1 ping -q -c 2 -W 2 10.98.0.2 | sed -n 's/.*, \\([0-9]\\) received.*/\\1/p')
ip netns exec sums2 python3 -c '${receive}' >/run/sums 2>/dev/null &
sleep 2
ip netns exec sums1 python3 -c '${send}' 2>/dev/null
wait $!
echo "$pings $(cat /run/sums)"
ovs-vsctl del-br sums
for n in 1 2; do ip netns del sums$n; done
rm /run/sums`,
  );
  const [pings = Number.NaN, bytes = 0] = said.split(" ").map(Number);
  return { pings, bytes };
};
