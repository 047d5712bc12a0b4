import { playbook } from "weft";
import { contract } from "../inventory/contract.ts";
import { container } from "../tasks/container.ts";
import { containerNic } from "../tasks/container-nic.ts";
import { dhcpClient } from "../tasks/dhcp-client.ts";
import { dhcpServer } from "../tasks/dhcp-server.ts";
import { dockerEngine } from "../tasks/docker.ts";
import { firewall } from "../tasks/firewall.ts";
import { iproute } from "../tasks/iproute.ts";
import { nicTools } from "../tasks/nic-tools.ts";
import { openvswitch } from "../tasks/openvswitch.ts";
import { ovsBridge } from "../tasks/ovs-bridge.ts";
import { packages } from "../tasks/package.ts";
import { strayNics } from "../tasks/stray-nics.ts";
import { underlay } from "../tasks/underlay.ts";
import { peersOf, VXLAN_OVERHEAD, vxlanMesh } from "../tasks/vxlan-mesh.ts";

/** One network for the containers of all hosts: what each host needs for it, bottom up. */
export default playbook(contract, [
  {
    name: "Packages and services",
    hosts: "mesh",
    tasks: ({ vars }) => [
      iproute(),
      packages({ names: ["ethtool", "iputils"] }),
      openvswitch({ packageName: vars.openvswitch }),
      dockerEngine(),
      dhcpClient(),
    ],
  },
  {
    name: "Firewall",
    hosts: "mesh",
    tasks: ({ host, hosts }) => [
      firewall({
        name: "vxlan",
        rules: [{ udp: 4789, from: peersOf(host, hosts).map(({ address }) => address) }],
      }),
    ],
  },
  {
    name: "Bridge and tunnels",
    hosts: "mesh",
    tasks: ({ host, hosts, vars }) => [
      underlay({ ...vars.underlay, datapath: vars.datapath }),
      ovsBridge({
        name: vars.bridge,
        host,
        datapath: vars.datapath,
        mtu: vars.underlay.mtu - VXLAN_OVERHEAD,
      }),
      vxlanMesh({
        bridge: vars.bridge,
        localIp: vars.underlay.address,
        peers: peersOf(host, hosts),
        vni: vars.vni,
      }),
    ],
  },
  {
    name: "DHCP server",
    hosts: "dhcp",
    tasks: ({ host, vars, group }) => [
      group("mesh")
        .filter(({ name }) => name === host)
        .map(({ vars: { bridge } }) => [
          firewall({ name: "dhcp", rules: [{ udp: 67, interface: bridge }] }),
          dhcpServer({ bridge, ...vars }),
        ]),
    ],
  },
  {
    name: "Containers and their NICs",
    hosts: "mesh",
    tasks: ({ vars }) => [
      nicTools(),
      strayNics(vars),
      vars.containers.map((it) => [
        container(it),
        it.nics.map((nic) =>
          containerNic({
            container: it.name,
            nic,
            mtu: vars.underlay.mtu - VXLAN_OVERHEAD,
          }),
        ),
      ]),
    ],
  },
]);
