import { playbook } from "weft";
import { contract, type MeshVars } from "../inventory/contract.ts";
import { networksOf } from "../inventory/networks.ts";
import { absent } from "../tasks/absent.ts";
import { firewall } from "../tasks/firewall.ts";
import { statePath } from "../tasks/nic/declared.ts";
import { outside } from "../tasks/outside.ts";
import { noVswitchdStart } from "../tasks/ovs/vswitchd-start.ts";
import { strayBridges } from "../tasks/stray-bridges.ts";
import { strayDhcpServer } from "../tasks/stray-dhcp-server.ts";
import { strayNics } from "../tasks/stray-nics.ts";
import { noAgent } from "../tasks/teardown/agent.ts";
import { noBridges } from "../tasks/teardown/bridges.ts";
import { noContainers } from "../tasks/teardown/containers.ts";
import { dhcpServerAsBefore } from "../tasks/teardown/dhcp-server.ts";
import { packagesAsBefore } from "../tasks/teardown/packages.ts";
import { noScripts } from "../tasks/teardown/scripts.ts";
import { serviceAwake } from "../tasks/teardown/service.ts";
import { underlayOnNic } from "../tasks/teardown/underlay.ts";
import { bridge as underlayBridge } from "../tasks/underlay.ts";

const bridgesOf = (vars: MeshVars): readonly string[] => [
  ...networksOf(vars).map(({ bridge }) => bridge),
  underlayBridge,
];

/** Takes away what mesh.ts made, top down, whatever of it is there. */
export default playbook(
  contract,
  [
    {
      name: "Agent",
      hosts: "mesh",
      tasks: () => [noAgent(), absent({ path: statePath }), outside({ gateway: false })],
    },
    {
      name: "Containers and their NICs",
      hosts: "mesh",
      tasks: ({ vars }) => [
        strayDhcpServer(),
        // Before Open vSwitch may have to start, which would move the address once more.
        underlayOnNic(vars.underlay.interface),
        serviceAwake("openvswitch"),
        serviceAwake("docker"),
        strayNics({ containers: [] }),
        noContainers(vars),
      ],
    },
    {
      name: "Bridges, tunnels and firewall",
      hosts: "mesh",
      tasks: ({ vars }) => [
        strayBridges({ bridges: [] }),
        noBridges({ bridges: bridgesOf(vars), nic: vars.underlay.interface }),
        firewall({ name: "vxlan", rules: [] }),
        firewall({ name: "dhcp", rules: [] }),
      ],
    },
    {
      name: "Programs and packages",
      hosts: "mesh",
      tasks: ({ vars }) => [
        noScripts(),
        noVswitchdStart(),
        dhcpServerAsBefore(),
        packagesAsBefore({
          keep: vars.keepPackages,
          containers: vars.containers.map(({ name }) => name),
          bridges: bridgesOf(vars),
        }),
      ],
    },
  ],
  { options: { keepPackages: "Leave the packages that came for the network" } },
);
