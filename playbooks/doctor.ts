import { playbook, register } from "weft";
import { contract } from "../inventory/contract.ts";
import { asOnlyNetwork, networksOf, rangeOf } from "../inventory/networks.ts";
import { addressHolders } from "../tasks/doctor/address-holders.ts";
import { agentState } from "../tasks/doctor/agent-state.ts";
import { answersOf, asked, askedOfNetwork } from "../tasks/doctor/answers.ts";
import { dhcpOffers } from "../tasks/doctor/dhcp-offers.ts";
import { diagnosis } from "../tasks/doctor/diagnosis.ts";
import { serverOf } from "../tasks/doctor/mesh-answers.ts";
import { networkState } from "../tasks/doctor/network-state.ts";
import { peersAnswer } from "../tasks/doctor/peers-answer.ts";
import { selinuxDenials } from "../tasks/doctor/selinux-denials.ts";
import { tunnelTraffic } from "../tasks/doctor/tunnel-traffic.ts";
import { peersOf } from "../tasks/vxlan-mesh.ts";

/** What is wrong with the networks of mesh.ts, where, and what mends it. Changes nothing. */
export default playbook(contract, [
  {
    name: "What the hosts say",
    hosts: "mesh",
    tasks: ({ host, hosts: all, vars, group }) => [
      register(asked.agent, agentState(), (now) => now),
      register(asked.denials, selinuxDenials(), (now) => now),
      register(asked.peers, peersAnswer(peersOf(host, all)), (now) => now),
      networksOf(vars).map(({ bridge, vni }) => {
        const hosts = asOnlyNetwork(vni, all);
        const containers = hosts.find(({ name }) => name === host)?.vars.containers ?? [];
        const server = serverOf(hosts, all, group("dhcp"));
        const served = server?.name === host ? server.vars.address.split("/")[0] : undefined;
        const range = rangeOf(vni, all, group("dhcp"));
        const own = askedOfNetwork(vni);
        return [
          register(own.network, networkState(bridge), (now) => now),
          register(own.traffic, tunnelTraffic({ host, hosts, range }), (now) => now),
          register(own.holders, addressHolders({ bridge, containers, served }), (now) => now),
          register(own.offers, dhcpOffers({ bridge, containers }), (now) => now),
        ];
      }),
    ],
  },
  {
    name: "What is wrong",
    hosts: "mesh",
    tasks: ({ host, hosts: all, vars, group, resultsOf }) => [
      diagnosis(
        networksOf(vars).map(({ vni }) => {
          const hosts = asOnlyNetwork(vni, all);
          const server = serverOf(hosts, all, group("dhcp"));
          return { hosts, server, answers: answersOf(vni, hosts, resultsOf) };
        }),
        host,
      ),
    ],
  },
]);
