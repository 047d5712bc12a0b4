import { defaultSshPort } from "./address-plan.ts";
import type { LabHost } from "./state.ts";

const stateOf = ({ running, cut }: LabHost): string =>
  (running ? "up" : "off") + (cut ? ", cable cut" : "");

/** As ssh(1) takes it. */
const sshTarget = ({ sshAddress, sshPort }: LabHost): string =>
  `root@${sshAddress}${sshPort === defaultSshPort ? "" : ` -p ${sshPort}`}`;

/** A plain table of the hosts, on or off, with their addresses. */
export const statusTable = (hosts: readonly LabHost[]): string => {
  const rows = [
    ["HOST", "IMAGE", "STATE", "SSH", "UNDERLAY"],
    ...hosts.map((host) => [
      host.name,
      host.image + (host.backend === "vm" ? " vm" : ""),
      stateOf(host),
      sshTarget(host),
      host.underlayAddress,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
