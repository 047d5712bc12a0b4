import { playbook } from "weft";
import { contract } from "../inventory/contract.ts";
import { membersOf, networksOf, rangeOf } from "../inventory/networks.ts";
import { verifyBroadcast } from "../tasks/verify-broadcast.ts";
import { verifyLeases } from "../tasks/verify-leases.ts";
import { verifyPacketSize } from "../tasks/verify-packet-size.ts";
import { verifyPings } from "../tasks/verify-pings.ts";

/** Whether the network of mesh.ts carries what it should. Changes nothing. */
export default playbook(contract, [
  {
    name: "The mesh carries traffic",
    hosts: "mesh",
    tasks: ({ host, hosts, vars, group }) =>
      networksOf(vars).map(({ vni }) => {
        const range = rangeOf(vni, hosts, group("dhcp"));
        const options = { host, hosts: membersOf(vni, hosts), range };
        return [
          verifyPings(options),
          verifyPacketSize(options),
          verifyBroadcast(options),
          verifyLeases(options),
        ];
      }),
  },
]);
