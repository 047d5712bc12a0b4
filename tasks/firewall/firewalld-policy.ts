import { type Change, sh } from "weft";
import { replaceFile } from "../file/replace-file.ts";
import type { Verdict } from "./verdict.ts";

/** A host with firewalld 0.9 or later (EL8 and up). */
export interface FirewalldPolicyHost {
  readonly backend: "firewalld";
  readonly policy: string | undefined;
  readonly zone: string | undefined;
  /** Rich rules of the running policy, and ports and interfaces of the running zone, as firewall-cmd prints them. */
  readonly live: readonly string[];
}

/** Where firewalld keeps the policy and the zone of this name. */
export const firewalldPaths = (name: string) => ({
  policy: `/etc/firewalld/policies/weft-${name}.xml`,
  zone: `/etc/firewalld/zones/weft-${name}.xml`,
});

const header = `<?xml version="1.0" encoding="utf-8"?>`;

// Priorities below 0 come before the zones' own rules; those of rules keep accept before drop.
const priorityOf = ({ action }: Verdict): number => (action === "accept" ? -20 : -10);

const isPolicyRule = ({ interface: device }: Verdict): boolean => device === undefined;

/** @see https://firewalld.org/documentation/man-pages/firewalld.policy.html */
export const policyText = (name: string, verdicts: readonly Verdict[]): string | undefined => {
  const rules = verdicts.filter(isPolicyRule).map((verdict) => {
    const source = verdict.from === undefined ? "" : `<source address="${verdict.from}"/>`;
    return `  <rule family="ipv4" priority="${priorityOf(verdict)}">${source}<port port="${verdict.ports}" protocol="${verdict.protocol}"/><${verdict.action}/></rule>`;
  });
  if (rules.length === 0) return undefined;
  return [
    header,
    `<policy priority="-100" target="CONTINUE">`,
    `  <short>weft ${name}</short>`,
    `  <ingress-zone name="ANY"/>`,
    `  <egress-zone name="HOST"/>`,
    ...rules,
    "</policy>",
    "",
  ].join("\n");
};

/** A policy cannot tell interfaces apart, a zone can. */
export const zoneText = (name: string, verdicts: readonly Verdict[]): string | undefined => {
  const rules = verdicts.filter((verdict) => !isPolicyRule(verdict));
  if (rules.length === 0) return undefined;
  return [
    header,
    "<zone>",
    `  <short>weft ${name}</short>`,
    ...[...new Set(rules.map((rule) => `  <interface name="${rule.interface}"/>`))],
    ...[
      ...new Set(
        rules.map(({ protocol, ports }) => `  <port port="${ports}" protocol="${protocol}"/>`),
      ),
    ],
    "</zone>",
    "",
  ].join("\n");
};

/** What firewall-cmd prints of the running policy and zone once they are loaded; sorted. */
export const liveOf = (verdicts: readonly Verdict[]): readonly string[] => {
  const inZone = verdicts.filter((verdict) => !isPolicyRule(verdict));
  const policy = verdicts.filter(isPolicyRule).map((verdict) => {
    const source = verdict.from === undefined ? "" : ` source address="${verdict.from}"`;
    return `rule priority="${priorityOf(verdict)}" family="ipv4"${source} port port="${verdict.ports}" protocol="${verdict.protocol}" ${verdict.action}`;
  });
  const zone = inZone.flatMap((rule) => [`${rule.interface}`, `${rule.ports}/${rule.protocol}`]);
  return [...new Set([...policy, ...zone])].sort();
};

/** Writes what differs, and reloads firewalld, since a new policy is never loaded otherwise. */
export const planFirewalldPolicy = (
  name: string,
  verdicts: readonly Verdict[],
  now: FirewalldPolicyHost,
): readonly Change[] => {
  const paths = firewalldPaths(name);
  const wanted = { policy: policyText(name, verdicts), zone: zoneText(name, verdicts) };
  const files = (["policy", "zone"] as const).flatMap((kind): Change[] => {
    const text = wanted[kind];
    const path = paths[kind];
    if (text === now[kind]) return [];
    const diff = { subject: path, before: now[kind] ?? "", after: text ?? "" };
    return text === undefined
      ? [{ summary: `remove ${path}`, command: sh`rm -f ${path}`, diff }]
      : [{ summary: `write ${path}`, command: replaceFile({ path, text }), diff }];
  });
  const stale = now.live.join("\n") !== liveOf(verdicts).join("\n");
  if (files.length === 0 && !stale) return [];
  return [
    ...files,
    {
      summary: "reload firewalld",
      command: sh`firewall-cmd --check-config && firewall-cmd --reload`,
    },
  ];
};
