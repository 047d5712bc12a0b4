import { type Peer, sh, TaskError, task } from "weft";
import type { MeshVars } from "../../inventory/contract.ts";
import type { Answers } from "./answers.ts";
import { dhcpFindings } from "./dhcp-findings.ts";
import type { Finding } from "./finding.ts";
import { hostFindings } from "./host-findings.ts";
import { linkFindings, untriedLinks } from "./link-findings.ts";
import { isSwitchDown, type MeshAnswers } from "./mesh-answers.ts";

/** What is wrong on a host, and what could not be looked at. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly unchecked: readonly string[];
}

const uncheckedOf = (mesh: MeshAnswers, host: Peer<MeshVars>, own: Answers): readonly string[] => {
  const { holders, offers, denials, network } = own;
  const silent = mesh.hosts.filter(({ name }) => !mesh.answers.has(name));
  return [
    ...(network.docker === undefined && host.vars.containers.length > 0
      ? ["containers: Docker does not run"]
      : []),
    ...(host.vars.tunnels === "flow" ? ["settings of tunnels: one port has them all"] : []),
    ...untriedLinks(mesh, host),
    ...silent.map(({ name }) => `the end of the tunnel on ${name}, which was not examined`),
    ...(holders.wasAsked ? [] : ["duplicate addresses: arping is missing"]),
    ...(mesh.server !== undefined && offers.asker === undefined
      ? [
          "DHCP servers: this takes dhcpcd, or dhclient as mesh.ts sets it up, and a container here that runs",
        ]
      : []),
    ...(denials.enforcing && !denials.hasLog
      ? ["SELinux denials: no log of them can be read"]
      : []),
  ];
};

/**
 * What is wrong on a host, judged by what it and all others said. A cause takes its consequences with it:
 * a host whose Open vSwitch is dead is not also a row of tunnels that carry nothing.
 */
export const diagnose = (mesh: MeshAnswers, name: string): Diagnosis => {
  const host = mesh.hosts.find((one) => one.name === name);
  const own = mesh.answers.get(name);
  if (host === undefined || own === undefined) throw new TaskError(`${name} was not examined`);
  const findings = hostFindings(mesh, host, own);
  if (isSwitchDown(own)) return { findings, unchecked: [] };
  return {
    findings: [...findings, ...linkFindings(mesh, host, own), ...dhcpFindings(mesh, host, own)],
    unchecked: uncheckedOf(mesh, host, own),
  };
};

const lines = ({ findings, unchecked }: Diagnosis): readonly string[] => [
  ...findings.flatMap(({ what, why, mend }) => [`${what}: ${why}`, `  mend: ${mend}`]),
  ...unchecked.map((words) => `not checked: ${words}`),
];

/** What is wrong on a host in any of its networks; what is so in several of them is said once. */
const diagnoseAll = (networks: readonly MeshAnswers[], name: string): Diagnosis => {
  const all = networks.map((mesh) => diagnose(mesh, name));
  const findings = all.flatMap((one) => one.findings);
  const isFirst = ({ what, why }: Finding, index: number): boolean =>
    findings.findIndex((one) => one.what === what && one.why === why) === index;
  return {
    findings: findings.filter(isFirst),
    unchecked: [...new Set(all.flatMap(({ unchecked }) => unchecked))],
  };
};

/**
 * Fails a host on which something is wrong, and shows all of it with what mends it. Asks nobody.
 * @param networks those that the host has
 */
export const diagnosis = (networks: readonly MeshAnswers[], host: string) =>
  task<Diagnosis>({
    title: "diagnosis",
    probe: { command: sh`:`, parse: () => diagnoseAll(networks, host) },
    plan: ({ findings }) => {
      const { length } = findings;
      if (length === 0) return [];
      const names = findings.map(({ what }) => what).join(", ");
      throw new TaskError(`${length === 1 ? "1 fault" : `${length} faults`}: ${names}`);
    },
    report: (found) =>
      [...(found.findings.length === 0 ? ["healthy"] : []), ...lines(found)].join("\n"),
  });
