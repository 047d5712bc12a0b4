import { createHash } from "node:crypto";
import { configText, type DhcpServerOptions } from "./config.ts";

/** A file that has dhcpd started on its bridge, at boot too and without the control machine. */
interface BootFile {
  readonly path: string;
  readonly text: string;
}

/** Holds the digest of what the running dhcpd was started with. */
export const startedPath = "/var/run/weft-dhcpd";

/** Has systemd start dhcpd after Open vSwitch was stopped, and dhcpd with it, and is started again. */
export const wantsPath = "/etc/systemd/system/ovs-vswitchd.service.wants/dhcpd.service";

const leases = "/var/lib/dhcpd/dhcpd.leases";

/** Stands for everything that dhcpd reads when it starts. */
export const digestOf = (options: DhcpServerOptions): string =>
  createHash("sha256")
    .update(`${options.bridge} ${options.address}\n${configText(options)}`)
    .digest("hex")
    .slice(0, 16);

/**
 * A drop-in for dhcpd's unit, since EL7's unit reads no /etc/sysconfig/dhcpd.
 *
 * Open vSwitch makes the bridge's own port anew at each start, without its address: dhcpd waits for the
 * bridge, gives it the address, and starts again whenever Open vSwitch does. The options are those of
 * CentOS's unit, with the bridge as the only interface.
 */
const dropIn = (options: DhcpServerOptions): string => {
  const { address, bridge } = options;
  return `# Written by weft: the next run takes changes back.
[Unit]
Wants=openvswitch.service
After=openvswitch.service ovs-vswitchd.service
PartOf=openvswitch.service ovs-vswitchd.service

[Service]
ExecStartPre=/bin/sh -c 'until ip link set dev ${bridge} up 2>/dev/null; do sleep 1; done'
ExecStartPre=/bin/sh -c 'ip address replace ${address} dev ${bridge}'
ExecStartPre=/bin/sh -c '[ -e ${leases} ] || install -o dhcpd -g dhcpd -m 644 /dev/null ${leases}'
ExecStartPre=/bin/sh -c 'echo ${digestOf(options)} >${startedPath}'
ExecStart=
ExecStart=/usr/sbin/dhcpd -f -cf /etc/dhcp/dhcpd.conf -lf ${leases} -user dhcpd -group dhcpd --no-pid ${bridge}
ExecStopPost=-/bin/sh -c 'ip address delete ${address} dev ${bridge}'
StandardError=journal
Restart=on-failure
RestartSec=5
`;
};

/** The file that EL6's init script of dhcpd sources, `$1` being what it is asked to do. */
const sysconfig = (options: DhcpServerOptions): string => {
  const { address, bridge } = options;
  return `# Written by weft: the next run takes changes back.
DHCPDARGS=${bridge}
case $1 in
  start|restart|force-reload|condrestart|try-restart)
    ip link set dev ${bridge} up && ip address replace ${address} dev ${bridge} &&
      echo ${digestOf(options)} >${startedPath} ;;
esac
`;
};

/** Where the file is on hosts with systemd and on those without. */
export const bootPaths = {
  systemd: "/etc/systemd/system/dhcpd.service.d/weft.conf",
  sysv: "/etc/sysconfig/dhcpd",
} as const;

/** The file that the host's service manager wants. */
export const bootFile = (
  manager: keyof typeof bootPaths,
  options: DhcpServerOptions,
): BootFile => ({
  path: bootPaths[manager],
  text: manager === "systemd" ? dropIn(options) : sysconfig(options),
});
