import { playbook } from "weft";
import { contract } from "../inventory/contract.ts";
import { verifyBroadcast } from "../tasks/verify-broadcast.ts";
import { verifyLeases } from "../tasks/verify-leases.ts";
import { verifyPacketSize } from "../tasks/verify-packet-size.ts";
import { verifyPings } from "../tasks/verify-pings.ts";
import { VXLAN_OVERHEAD } from "../tasks/vxlan-mesh.ts";

/** Whether the network of mesh.ts carries what it should. Changes nothing. */
export default playbook(contract, [
  {
    name: "The mesh carries traffic",
    hosts: "mesh",
    tasks: ({ host, hosts, vars, group }) => {
      const range = group("dhcp")[0]?.vars.range;
      return [
        verifyPings({ host, hosts, range }),
        verifyPacketSize({ host, hosts, range, mtu: vars.underlay.mtu - VXLAN_OVERHEAD }),
        verifyBroadcast({ host, hosts, range }),
        verifyLeases({ host, hosts, range }),
      ];
    },
  },
]);
