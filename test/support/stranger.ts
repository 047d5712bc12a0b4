/**
 * Commands for a host: a network namespace that nobody declared, with a NIC on the mesh.
 * @param address with its prefix
 */
export const stranger = (
  address: string,
): string => `ip netns add stranger && ip link add stranger type veth peer name eth0 netns stranger &&
ip link set stranger up && ip netns exec stranger ip link set eth0 up && ip netns exec stranger ethtool -K eth0 tx off &&
ip netns exec stranger ip address add ${address} dev eth0 && ovs-vsctl add-port vxbr stranger`;

/** The same with a DHCP server, which offers addresses of the mesh's subnet. */
export const strangeServer = `${stranger("10.1.2.2/24")} &&
mkdir /var/run/stranger && : >/var/run/stranger/leases && chmod -R a+rwX /var/run/stranger &&
echo 'subnet 10.1.2.0 netmask 255.255.255.0 { range 10.1.2.210 10.1.2.219; }' >/var/run/stranger/conf &&
ip netns exec stranger dhcpd -q -cf /var/run/stranger/conf -lf /var/run/stranger/leases --no-pid eth0`;

/** Takes either away again. */
export const noStranger =
  "ovs-vsctl del-port stranger; ip netns pids stranger | xargs -r kill; ip netns del stranger; rm -rf /var/run/stranger";
