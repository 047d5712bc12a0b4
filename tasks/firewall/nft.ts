import { type Change, sh } from "weft";
import { replaceFile } from "../file/replace-file.ts";
import { enableService, startService } from "../service.ts";
import type { Verdict } from "./verdict.ts";

/** A host with neither firewalld nor the iptables service. */
export interface NftHost {
  readonly backend: "nft";
  readonly rules: string | undefined;
  readonly unit: string | undefined;
  readonly enabled: boolean;
  /** The rules of weft's own table that are loaded. */
  readonly live: readonly string[];
}

/** Where the rules and the unit that loads them at boot are kept. */
export const nftPaths = (name: string) => ({
  rules: `/etc/weft/firewall-${name}.nft`,
  unit: `/etc/systemd/system/weft-firewall-${name}.service`,
});

/** A verdict as `nft list` prints it. */
export const nftRuleOf = ({ protocol, ports, action, from, interface: device }: Verdict): string =>
  [
    ...(device === undefined ? [] : [`iifname "${device}"`]),
    ...(from === undefined ? [] : [`ip saddr ${from.replace(/\/32$/, "")}`]),
    `${protocol} dport ${ports} ${action}`,
  ].join(" ");

/** The name of weft's own table. */
export const tableOf = (name: string): string => `weft_${name.replaceAll("-", "_")}`;

// Making a table before deleting it is how nft(8) replaces one that may be absent, in one transaction.
const rulesText = (table: string, verdicts: readonly Verdict[]): string => `# Written by weft.
table inet ${table}
delete table inet ${table}
table inet ${table} {
  chain input {
    type filter hook input priority -10; policy accept;
${verdicts.map((verdict) => `    ${nftRuleOf(verdict)}\n`).join("")}  }
}
`;

// nftables.service flushes all tables when it starts, stops and reloads.
const unitText = (name: string, rules: string): string => `[Unit]
Description=Firewall rules of weft: ${name}
After=nftables.service
Before=network-pre.target
Wants=network-pre.target
PartOf=nftables.service
ReloadPropagatedFrom=nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f ${rules}
ExecReload=/usr/sbin/nft -f ${rules}

[Install]
WantedBy=multi-user.target
`;

/** What removes the table and all that loads it. */
export const removeNft = (name: string): Change => {
  const paths = nftPaths(name);
  const unit = `weft-firewall-${name}`;
  return {
    summary: `remove ${unit}`,
    command: sh`
if [ -e ${paths.unit} ]; then systemctl disable --now ${`${unit}.service`}; fi && rm -f ${paths.unit} ${paths.rules} && systemctl daemon-reload &&
if nft list table inet ${tableOf(name)} >/dev/null 2>&1; then nft delete table inet ${tableOf(name)}; fi`,
  };
};

/** Rules in a table of their own. What another table drops is not opened by it. */
export const planNft = (
  name: string,
  verdicts: readonly Verdict[],
  now: NftHost,
  description: string,
): readonly Change[] => {
  const paths = nftPaths(name);
  const unit = `weft-firewall-${name}`;
  if (verdicts.length === 0) {
    return now.rules === undefined && now.unit === undefined ? [] : [removeNft(name)];
  }
  const rules = rulesText(tableOf(name), verdicts);
  const text = unitText(name, paths.rules);
  const loaded = now.live.join("\n") === verdicts.map(nftRuleOf).join("\n");
  const check = (candidate: string) => sh`nft --check --file ${candidate}`;
  const writeRules: Change = {
    summary: `write ${paths.rules}`,
    command: replaceFile({ path: paths.rules, text: rules, check }),
    diff: { subject: paths.rules, before: now.rules ?? "", after: rules },
  };
  const writeUnit: Change = {
    summary: `write ${paths.unit}`,
    command: sh`${replaceFile({ path: paths.unit, text })} && systemctl daemon-reload`,
    diff: { subject: paths.unit, before: now.unit ?? "", after: text },
  };
  return [
    ...(now.rules === rules ? [] : [writeRules]),
    ...(now.unit === text ? [] : [writeUnit]),
    ...(now.enabled ? [] : [{ summary: `enable ${unit}`, command: enableService(unit) }]),
    ...(loaded
      ? []
      : [
          {
            summary: `load ${paths.rules}: ${description}`,
            command: startService(unit, "restart"),
          },
        ]),
  ];
};
