import { playbook } from "weft";
import { contract } from "../inventory/contract.ts";
import { membersOf, networksOf } from "../inventory/networks.ts";
import { outsideOf } from "../inventory/outside.ts";
import { baseline } from "../tasks/baseline.ts";
import { container } from "../tasks/container.ts";
import { containerNic } from "../tasks/container-nic.ts";
import { declaredNetwork } from "../tasks/declared-network.ts";
import { dhcpClient } from "../tasks/dhcp-client.ts";
import { dhcpServer } from "../tasks/dhcp-server.ts";
import { dockerEngine } from "../tasks/docker.ts";
import { firewall } from "../tasks/firewall.ts";
import { iproute } from "../tasks/iproute.ts";
import { nicAgent } from "../tasks/nic-agent.ts";
import { nicTools } from "../tasks/nic-tools.ts";
import { openvswitch } from "../tasks/openvswitch.ts";
import { outside } from "../tasks/outside.ts";
import { ovsBridge } from "../tasks/ovs-bridge.ts";
import { packages } from "../tasks/package.ts";
import { strayBridges } from "../tasks/stray-bridges.ts";
import { strayDhcpServer } from "../tasks/stray-dhcp-server.ts";
import { strayNics } from "../tasks/stray-nics.ts";
import { underlay } from "../tasks/underlay.ts";
import { vxlanFlowMesh } from "../tasks/vxlan-flow-mesh.ts";
import { nicMtu, peersOf, vxlanMesh } from "../tasks/vxlan-mesh.ts";

/** One network for the containers of all hosts: what each host needs for it, bottom up. */
export default playbook(contract, [
  {
    name: "Packages and services",
    hosts: "mesh",
    tasks: ({ vars }) => [
      baseline(),
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
    tasks: ({ host, hosts, vars, group }) => [
      group("dhcp").every(({ name }) => name !== host) && [
        strayDhcpServer(),
        firewall({ name: "dhcp", rules: [] }),
      ],
      underlay({ ...vars.underlay, datapath: vars.datapath }),
      strayBridges({ bridges: networksOf(vars).map(({ bridge }) => bridge) }),
      networksOf(vars).map(({ bridge, vni }) => [
        ovsBridge({
          name: bridge,
          host,
          datapath: vars.datapath,
          mtu: nicMtu(vars.underlay.mtu),
        }),
        (vars.tunnels === "flow" ? vxlanFlowMesh : vxlanMesh)({
          bridge,
          localIp: vars.underlay.address,
          peers: peersOf(host, membersOf(vni, hosts)),
          vni,
        }),
      ]),
    ],
  },
  {
    name: "DHCP server",
    hosts: "dhcp",
    tasks: ({ host, vars, group }) => [
      group("mesh")
        .filter(({ name }) => name === host)
        .map(({ vars: mesh }) => ({ ...vars, bridge: vars.bridge ?? mesh.bridge }))
        .map((server) => [
          firewall({ name: "dhcp", rules: [{ udp: 67, interface: server.bridge }] }),
          dhcpServer(server),
        ]),
    ],
  },
  {
    name: "Containers and their NICs",
    hosts: "mesh",
    tasks: ({ vars }) => [
      nicTools(),
      // Before anything is detached: the agent would bring it back.
      declaredNetwork({
        bridges: networksOf(vars).map(({ bridge }) => bridge),
        nics: vars.containers.flatMap(({ name: container, nics }) =>
          nics.map((nic) => ({ ...nic, container, mtu: nicMtu(vars.underlay.mtu, nic.vlan) })),
        ),
        outside: outsideOf(vars),
      }),
      strayNics(vars),
      vars.containers.map((it) => [
        container(it),
        it.nics.map((nic) =>
          containerNic({
            container: it.name,
            nic,
            mtu: nicMtu(vars.underlay.mtu, nic.vlan),
          }),
        ),
      ]),
      outside({ gateway: vars.gateway !== undefined }),
      nicAgent(),
    ],
  },
]);
