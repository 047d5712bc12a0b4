import { type Change, change, TaskError, task } from "weft";
import { planFirewalldDirect } from "./firewall/firewalld-direct.ts";
import { planFirewalldPolicy } from "./firewall/firewalld-policy.ts";
import { askFirewall, type FirewallHost, hasOldTable, parseFirewall } from "./firewall/host.ts";
import { type Chain, ruleOf } from "./firewall/iptables.ts";
import { planIptables } from "./firewall/iptables-service.ts";
import { planNft, removeNft } from "./firewall/nft.ts";
import { describe, type FirewallRule, verdictsOf } from "./firewall/verdict.ts";

interface FirewallOptions {
  /** Tells these rules from those of other tasks: at most 12 of a-z, 0-9 and "-", from a letter on. */
  readonly name: string;
  /** An empty list takes back what an earlier run set up. */
  readonly rules: readonly FirewallRule[];
}

interface FirewallState {
  readonly host: FirewallHost;
  readonly hasOldTable: boolean;
}

/**
 * Ports that are open for the listed senders only, on an interface, or for anybody, now and after a reboot. The
 * rules are for IPv4.
 *
 * Every rule is in a chain of this task's own (firewalld: a policy and a zone; nft: a table), ahead of
 * the host's other rules and replaced in one transaction; nothing else is touched. A packet that Open
 * vSwitch's userspace datapath takes from the NIC never meets the host's firewall: there, a tunnel
 * port's `remote_ip` keeps strangers out.
 *
 * @category System
 *
 * @example
 * ```ts
 * firewall({ name: "mesh", rules: [{ udp: 4789, from: ["192.168.56.106", "192.168.56.107"] }] })
 * firewall({ name: "dhcp", rules: [{ udp: 67, interface: "vxbr" }] })
 * firewall({ name: "web", rules: [{ tcp: 443 }, { tcp: "8000-8010", from: ["10.0.0.0/8"] }] })
 * ```
 *
 * @throws TaskError for a name that does not fit, or what is no port
 */
export const firewall = ({ name, rules }: FirewallOptions) => {
  // firewalld takes 17 characters for "weft-" and the name, iptables 28.
  if (!/^[a-z][a-z0-9-]{0,11}$/.test(name)) {
    throw new TaskError(`"${name}" cannot name a firewall chain`, {
      hint: 'At most 12 of a-z, 0-9 and "-", beginning with a letter.',
    });
  }
  const verdicts = verdictsOf(rules);
  const chain: Chain = {
    name: `WEFT-${name.toUpperCase()}`,
    hook: "INPUT",
    rules: verdicts.map(ruleOf),
  };
  const description = describe(rules);
  const planFor = (now: FirewallHost): readonly Change[] => {
    switch (now.backend) {
      case "iptables":
        return planIptables(chain, now, description);
      case "firewalld-direct":
        return planFirewalldDirect({ ...chain, hook: "INPUT_direct" }, now, description);
      case "firewalld":
        return planFirewalldPolicy(name, verdicts, now);
      case "nft":
        return planNft(name, verdicts, now, description);
      case "none":
        if (rules.length === 0) return [];
        throw new TaskError("the host has no firewalld, no iptables service and no nft", {
          hint: "Install nftables, or iptables and its service.",
        });
    }
  };
  return task<FirewallState>({
    title: rules.length === 0 ? `firewall ${name} absent` : `firewall ${name}: ${description}`,
    probe: {
      command: askFirewall(name, chain.name),
      parse: (result) => {
        const host = parseFirewall(name, result);
        return { host, hasOldTable: hasOldTable(host, result) };
      },
    },
    plan: ({ host, hasOldTable: isOld }) => {
      const { summary, command } = removeNft(name);
      return [
        ...planFor(host),
        ...change(isOld, `${summary}: the host has got another firewall`, command),
      ];
    },
  });
};
