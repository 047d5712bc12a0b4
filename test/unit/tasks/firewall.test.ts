import { describe, expect, it } from "vitest";
import { withDirectChain } from "../../../tasks/firewall/firewalld-direct.ts";
import { liveOf, policyText, zoneText } from "../../../tasks/firewall/firewalld-policy.ts";
import { type Chain, ruleOf, withChain } from "../../../tasks/firewall/iptables.ts";
import { nftRuleOf } from "../../../tasks/firewall/nft.ts";
import { type FirewallRule, verdictsOf } from "../../../tasks/firewall/verdict.ts";
import { firewall } from "../../../tasks/firewall.ts";
import { answer, summaries } from "./answer.ts";

const rules: readonly FirewallRule[] = [
  { udp: 4789, from: ["192.168.56.107", "192.168.56.106"] },
  { udp: 67, interface: "vxbr" },
];
const own = [
  "-s 192.168.56.106/32 -p udp -m udp --dport 4789 -j ACCEPT",
  "-s 192.168.56.107/32 -p udp -m udp --dport 4789 -j ACCEPT",
  "-i vxbr -p udp -m udp --dport 67 -j ACCEPT",
  "-p udp -m udp --dport 4789 -j DROP",
];
const chain: Chain = { name: "WEFT-MESH", hook: "INPUT", rules: own };

const unit = (name: string, load: string, active: string, file: string) =>
  `Id=${name}.service\nLoadState=${load}\nActiveState=${active}\nUnitFileState=${file}\n`;
const absent = (name: string) => unit(name, "not-found", "inactive", "");
const units = (...present: readonly string[]) =>
  [absent("firewalld"), absent("iptables"), absent("nftables"), ...present].join("\n");

const live = (before: readonly string[] = [], after: readonly string[] = own) =>
  [
    "-P INPUT ACCEPT",
    ...before.map((rule) => `-A INPUT ${rule}`),
    "-A INPUT -j WEFT-MESH",
    "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT",
    "-N WEFT-MESH",
    ...after.map((rule) => `-A WEFT-MESH ${rule}`),
  ].join("\n");
const marked = (mark: string, text: string) => text.trimEnd().replace(/^/gm, `${mark}|`);

const file = withChain(chain, undefined);
const enabled = unit("iptables", "loaded", "inactive", "enabled");
const converged = `${units(enabled)}\nhas=iptables-services\nhas=nft\n${marked("iptables", file)}\n\n`;

const task = firewall({ name: "mesh", rules });
const plan = (stdout: string, given = task) => given.plan(given.probe.parse(answer(stdout)));

describe("verdictsOf", () => {
  it("lets every peer in before it drops the others", () => {
    expect(verdictsOf(rules).map(ruleOf)).toEqual(own);
  });

  it("takes networks, and one of each", () => {
    expect(
      verdictsOf([{ udp: 1, from: ["10.1.2.3/8", "10.0.0.0/8"] }]).map(({ from }) => from),
    ).toEqual(["10.0.0.0/8", undefined]);
  });

  it.each([[["0.0.0.0/0"]], [["10.0.0.1", "192.168.56.1/0"]]])("takes %j for anybody", (from) => {
    const all = firewall({ name: "web", rules: [{ tcp: 443, from }] });
    expect(all.title).toBe("firewall web: TCP 443");
    expect(verdictsOf([{ tcp: 443, from }])).toEqual(verdictsOf([{ tcp: 443 }]));
    // As iptables lists what it is given.
    const listed = "-p tcp -m tcp --dport 443 -j ACCEPT";
    const text = withChain({ name: "WEFT-WEB", hook: "INPUT", rules: [listed] }, undefined);
    const stdout = `${units(enabled)}\nhas=iptables-services\n${marked("iptables", text)}\n\n-P INPUT ACCEPT\n-A INPUT -j WEFT-WEB\n-N WEFT-WEB\n-A WEFT-WEB ${listed}`;
    expect(plan(stdout, all)).toEqual([]);
  });

  it("opens ports of TCP, and ranges of them, for anybody, some or an interface", () => {
    const web: readonly FirewallRule[] = [
      { tcp: 443 },
      { tcp: "8000-8010", from: ["10.0.0.0/8"] },
      { tcp: 22, interface: "eth1" },
    ];
    expect(verdictsOf(web).map(ruleOf)).toEqual([
      "-p tcp -m tcp --dport 443 -j ACCEPT",
      "-s 10.0.0.0/8 -p tcp -m tcp --dport 8000:8010 -j ACCEPT",
      "-i eth1 -p tcp -m tcp --dport 22 -j ACCEPT",
      "-p tcp -m tcp --dport 8000:8010 -j DROP",
    ]);
    expect(verdictsOf(web).map(nftRuleOf)).toEqual([
      "tcp dport 443 accept",
      "ip saddr 10.0.0.0/8 tcp dport 8000-8010 accept",
      'iifname "eth1" tcp dport 22 accept',
      "tcp dport 8000-8010 drop",
    ]);
    expect(liveOf(verdictsOf(web))).toEqual([
      "22/tcp",
      "eth1",
      'rule priority="-10" family="ipv4" port port="8000-8010" protocol="tcp" drop',
      'rule priority="-20" family="ipv4" port port="443" protocol="tcp" accept',
      'rule priority="-20" family="ipv4" source address="10.0.0.0/8" port port="8000-8010" protocol="tcp" accept',
    ]);
    expect(firewall({ name: "web", rules: web }).title).toBe(
      "firewall web: TCP 443, TCP 8000-8010 from 1 peer only, TCP 22 on eth1",
    );
  });

  it("keeps UDP and TCP of a port apart", () => {
    const dns = verdictsOf([{ udp: 53, from: ["10.0.0.1"] }, { tcp: 53 }]);
    expect(dns.map(({ protocol, action }) => `${protocol} ${action}`)).toEqual([
      "udp accept",
      "tcp accept",
      "udp drop",
    ]);
  });

  it.each([0, 65_536, "http", "10-", "20-10", "1-2-3", 1.5])("refuses the port %j", (tcp) => {
    expect(() => firewall({ name: "web", rules: [{ tcp }] })).toThrow(/no port/);
  });

  it("refuses what is no IPv4 address", () => {
    expect(() => verdictsOf([{ udp: 1, from: ["lab-2"] }])).toThrow();
  });
});

describe("firewall with iptables", () => {
  it.each([
    ["converged", converged + live(), []],
    ["another chain of weft's before ours", converged + live(["-j WEFT-DHCP"]), []],
    [
      "a fresh host",
      `${units()}\nhas=iptables-services\n-P INPUT ACCEPT\n`,
      [
        "write chain WEFT-MESH to /etc/sysconfig/iptables",
        "install iptables-services",
        "enable iptables",
        "load chain WEFT-MESH: UDP 4789 from 2 peers only, UDP 67 on vxbr",
      ],
    ],
    [
      "a rule that came before ours",
      converged + live(["-m state --state ESTABLISHED -j ACCEPT"]),
      ["load chain WEFT-MESH: UDP 4789 from 2 peers only, UDP 67 on vxbr"],
    ],
    [
      "a stale peer",
      converged + live([], ["-s 192.168.56.9/32 -p udp -m udp --dport 4789 -j ACCEPT", ...own]),
      ["load chain WEFT-MESH: UDP 4789 from 2 peers only, UDP 67 on vxbr"],
    ],
    [
      "no iptables on the host yet",
      `${units()}\nhas=iptables-services\n`,
      [
        "write chain WEFT-MESH to /etc/sysconfig/iptables",
        "install iptables-services",
        "enable iptables",
        "load chain WEFT-MESH: UDP 4789 from 2 peers only, UDP 67 on vxbr",
      ],
    ],
    [
      "a service that nobody uses",
      converged.replace("UnitFileState=enabled", "UnitFileState=disabled") + live(),
      ["enable iptables: all rules of /etc/sysconfig/iptables come into force at the next boot"],
    ],
    ["EL6", `sysv=enabled\nhas=iptables-services\n${marked("iptables", file)}\n${live()}`, []],
  ])("plans: %s", (_, stdout, expected) => {
    expect(summaries(plan(stdout))).toEqual(expected);
  });

  it("replaces the running chain in one transaction, its hook first", () => {
    const changes = plan(`${converged}${live(["-j ACCEPT"], [])}`);
    expect(changes[0]?.command.script).toContain(
      `'*filter
:WEFT-MESH - [0:0]
-D INPUT -j WEFT-MESH
-I INPUT -j WEFT-MESH
${own.map((rule) => `-A WEFT-MESH ${rule}`).join("\n")}
COMMIT
' | iptables-restore --noflush`,
    );
  });

  it("takes everything back for an empty list", () => {
    const none = firewall({ name: "mesh", rules: [] });
    const changes = plan(converged + live(), none);
    expect(summaries(changes)).toEqual([
      "remove /etc/sysconfig/iptables",
      "remove chain WEFT-MESH",
    ]);
    expect(changes[0]?.diff?.after).not.toContain("WEFT");
    expect(changes[1]?.command.script).toContain("-D INPUT -j WEFT-MESH\n-X WEFT-MESH\nCOMMIT");
    expect(plan(`${units()}\nhas=iptables-services\n-P INPUT ACCEPT\n`, none)).toEqual([]);
  });
});

describe("the rules file of the iptables service", () => {
  const admin = `# sample configuration
*nat
:PREROUTING ACCEPT [0:0]
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -j REJECT --reject-with icmp-host-prohibited
COMMIT
`;

  it("keeps what the administrator has, with the hook before it", () => {
    expect(withChain(chain, admin)).toBe(
      admin.replace(
        ":FORWARD ACCEPT [0:0]\n",
        `:FORWARD ACCEPT [0:0]
:WEFT-MESH - [0:0]
-A INPUT -j WEFT-MESH
${own.map((rule) => `-A WEFT-MESH ${rule}`).join("\n")}
`,
      ),
    );
  });

  it("is left alone once the chain is in it, also beside another chain of weft's", () => {
    const dhcp: Chain = { name: "WEFT-DHCP", hook: "INPUT", rules: [own[2] ?? ""] };
    const both = withChain(dhcp, withChain(chain, admin));
    expect(withChain(chain, both)).toBe(both);
    expect(withChain(dhcp, both)).toBe(both);
  });

  it("replaces a stale chain that was saved with counters", () => {
    const saved = withChain(chain, admin).replace(
      /^-A (INPUT -j WEFT|WEFT-MESH -s .*106)/gm,
      "[5:400] -A $1",
    );
    const fewer: Chain = { ...chain, rules: own.slice(1) };
    expect(withChain(fewer, saved)).toBe(withChain(fewer, admin));
  });

  it("gives back the administrator's text when the chain is to be gone", () => {
    expect(withChain({ ...chain, rules: [] }, withChain(chain, admin))).toBe(admin);
  });

  it("refuses a table that does not end", () => {
    expect(() => withChain(chain, "*filter\n:INPUT ACCEPT [0:0]\n")).toThrow(/COMMIT/);
  });
});

describe("firewall with firewalld", () => {
  const running = units(unit("firewalld", "loaded", "active", "enabled"));

  it("writes a policy and a zone and reloads, where there are policies", () => {
    const changes = plan(`${running}\nhas=iptables-services\nhas=policies\n`);
    expect(summaries(changes)).toEqual([
      "write /etc/firewalld/policies/weft-mesh.xml",
      "write /etc/firewalld/zones/weft-mesh.xml",
      "reload firewalld",
    ]);
  });

  const files = [
    marked("policy", policyText("mesh", verdictsOf(rules)) ?? ""),
    marked("zone", zoneText("mesh", verdictsOf(rules)) ?? ""),
  ].join("\n");
  const loaded = [
    'rule priority="-20" family="ipv4" source address="192.168.56.106/32" port port="4789" protocol="udp" accept',
    'rule priority="-20" family="ipv4" source address="192.168.56.107/32" port port="4789" protocol="udp" accept',
    'rule priority="-10" family="ipv4" port port="4789" protocol="udp" drop',
    "interfaces: vxbr",
    "ports: 67/udp",
  ].map((line) => `firewalld|${line}\n`);

  it("does nothing where they are written and loaded", () => {
    expect(plan(`${running}\nhas=policies\n${files}\n${loaded.join("")}`)).toEqual([]);
    expect(liveOf(verdictsOf(rules))).toHaveLength(loaded.length);
  });

  it("reloads where they are written only", () => {
    expect(summaries(plan(`${running}\nhas=policies\n${files}\n`))).toEqual(["reload firewalld"]);
  });

  it("keeps a chain in direct.xml, and loads it without a reload, where there are no policies", () => {
    const changes = plan(`${running}\nhas=iptables-services\n-P INPUT ACCEPT\n-N INPUT_direct\n`);
    expect(summaries(changes)).toEqual([
      "write chain WEFT-MESH to /etc/firewalld/direct.xml",
      "load chain WEFT-MESH: UDP 4789 from 2 peers only, UDP 67 on vxbr",
    ]);
    expect(changes[1]?.command.script).toContain("-I INPUT_direct -j WEFT-MESH");
  });

  it("removes direct.xml with the last chain in it, for nobody else wrote it", () => {
    const text = withDirectChain(chain, undefined);
    const absent = firewall({ name: "mesh", rules: [] });
    const [change] = plan(`${running}\n-P INPUT ACCEPT\n${marked("direct", text)}\n`, absent);
    expect(change?.summary).toBe("take chain WEFT-MESH out of /etc/firewalld/direct.xml");
    expect(change?.command.script).toBe("rm -f /etc/firewalld/direct.xml");
    const others = text.replace("<direct>", '<direct>\n  <rule chain="FORWARD">-j DROP</rule>');
    const kept = plan(`${running}\n-P INPUT ACCEPT\n${marked("direct", others)}\n`, absent);
    expect(kept[0]?.diff?.after).toContain('<rule chain="FORWARD">');
  });

  it("leaves the administrator's direct rules", () => {
    const admin = `<?xml version="1.0" encoding="utf-8"?>
<direct>
  <rule ipv="ipv4" table="filter" chain="INPUT" priority="0">-p gre -j ACCEPT</rule>
</direct>
`;
    const both = withDirectChain(chain, admin);
    expect(both).toContain("-p gre -j ACCEPT");
    expect(withDirectChain(chain, both)).toBe(both);
    expect(withDirectChain({ ...chain, rules: [] }, both)).toBe(admin);
  });
});

describe("firewall with nft", () => {
  const fresh = `${units(absent("weft-firewall-mesh"))}\nhas=nft\n`;

  it("has a table of its own, loaded at boot by a unit", () => {
    const changes = plan(fresh);
    expect(summaries(changes)).toEqual([
      "write /etc/weft/firewall-mesh.nft",
      "write /etc/systemd/system/weft-firewall-mesh.service",
      "enable weft-firewall-mesh",
      "load /etc/weft/firewall-mesh.nft: UDP 4789 from 2 peers only, UDP 67 on vxbr",
    ]);
    expect(changes[0]?.diff?.after).toContain(`    ip saddr 192.168.56.106 udp dport 4789 accept
    ip saddr 192.168.56.107 udp dport 4789 accept
    iifname "vxbr" udp dport 67 accept
    udp dport 4789 drop
`);
  });

  it("takes its table away where firewalld has come to the host since", () => {
    const running = units(unit("firewalld", "loaded", "active", "enabled"), enabled);
    const left = `${marked("rules", "table inet weft_mesh")}\n`;
    const changes = plan(`${running}\nhas=policies\n${left}`);
    expect(summaries(changes).at(-1)).toBe(
      "remove weft-firewall-mesh: the host has got another firewall",
    );
    expect(changes.at(-1)?.command.script).toContain("nft delete table inet weft_mesh");
    const gone = firewall({ name: "mesh", rules: [] });
    expect(summaries(plan(`${running}\nhas=policies\n${left}`, gone))).toEqual([
      "remove weft-firewall-mesh: the host has got another firewall",
    ]);
  });

  it("says so where there is nothing to work with", () => {
    expect(() => plan(units())).toThrow(/no firewalld, no iptables service and no nft/);
    expect(plan(units(), firewall({ name: "mesh", rules: [] }))).toEqual([]);
  });
});

describe("firewall's name", () => {
  it.each(["", "Mesh", "a-name-too-long", "a b"])("refuses %j", (name) => {
    expect(() => firewall({ name, rules })).toThrow(/cannot name/);
  });
});
