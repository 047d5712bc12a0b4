import { createHash } from "node:crypto";
import type { DhcpProgram, DhcpServerOptions } from "./program.ts";

/** A file that has the server started on its bridge, at boot too and without the control machine. */
interface BootFile {
  readonly path: string;
  readonly text: string;
}

/** Holds the digest of what the running server was started with. */
export const startedPath = "/var/run/weft-dhcpd";

/** Has systemd start the server after Open vSwitch was stopped, and the server with it, and is started again. */
export const wantsPath = ({ unit }: DhcpProgram): string =>
  `/etc/systemd/system/ovs-vswitchd.service.wants/${unit}.service`;

/** Stands for everything that the server reads when it starts. */
export const digestOf = (program: DhcpProgram, options: DhcpServerOptions): string =>
  createHash("sha256")
    .update(`${options.bridge} ${options.address}\n${program.configText(options)}`)
    .digest("hex")
    .slice(0, 16);

/**
 * A drop-in for the server's unit, since EL7's dhcpd reads no /etc/sysconfig/dhcpd.
 *
 * Open vSwitch makes the bridge's own port anew at each start, without its address: the server waits for
 * the bridge, gives it the address, and starts again whenever Open vSwitch does.
 */
const dropIn = (program: DhcpProgram, options: DhcpServerOptions): string => {
  const { address, bridge } = options;
  const { asRoot, serviceLines } = program;
  return `# Written by weft: the next run takes changes back.
[Unit]
Wants=openvswitch.service
After=openvswitch.service ovs-vswitchd.service
PartOf=openvswitch.service ovs-vswitchd.service

[Service]
ExecStartPre=${asRoot}/bin/sh -c 'until ip link set dev ${bridge} up 2>/dev/null; do sleep 1; done'
ExecStartPre=${asRoot}/bin/sh -c 'ip address replace ${address} dev ${bridge}'
ExecStartPre=${asRoot}/bin/sh -c 'echo ${digestOf(program, options)} >${startedPath}'
${serviceLines(options)
  .map((line) => `${line}\n`)
  .join("")}ExecStopPost=-${asRoot}/bin/sh -c 'ip address delete ${address} dev ${bridge}'
StandardError=journal
Restart=on-failure
RestartSec=5
`;
};

/** The file that EL6's init script of dhcpd sources, `$1` being what it is asked to do. */
const sysconfig = (program: DhcpProgram, options: DhcpServerOptions): string => {
  const { address, bridge } = options;
  return `# Written by weft: the next run takes changes back.
DHCPDARGS=${bridge}
case $1 in
  start|restart|force-reload|condrestart|try-restart)
    ip link set dev ${bridge} up && ip address replace ${address} dev ${bridge} &&
      echo ${digestOf(program, options)} >${startedPath} ;;
esac
`;
};

/** Where the file is on hosts with systemd and on those without. */
export const bootPaths = ({ unit }: DhcpProgram) => ({
  systemd: `/etc/systemd/system/${unit}.service.d/weft.conf`,
  sysv: `/etc/sysconfig/${unit}`,
});

/** The file that the host's service manager wants. */
export const bootFile = (
  manager: "systemd" | "sysv",
  program: DhcpProgram,
  options: DhcpServerOptions,
): BootFile => ({
  path: bootPaths(program)[manager],
  text: manager === "systemd" ? dropIn(program, options) : sysconfig(program, options),
});
