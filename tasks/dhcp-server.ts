import { type Change, sh, TaskError, type TaskList, task } from "weft";
import { bootFile, bootPaths, digestOf, startedPath, wantsPath } from "./dhcp-server/boot.ts";
import { configPath, configText, type DhcpServerOptions } from "./dhcp-server/config.ts";
import { replaceFile } from "./file/replace-file.ts";
import { readSection, section } from "./file/section.ts";
import { oneOf } from "./package/one-of.ts";
import {
  askService,
  parseService,
  planService,
  type ServiceState,
  startService,
} from "./service.ts";

/** The present state of the DHCP server. */
export interface DhcpServerState {
  readonly config: string | undefined;
  /** The drop-in of its unit, or EL6's /etc/sysconfig/dhcpd. */
  readonly boot: string | undefined;
  readonly service: ServiceState;
  /** Digest of what it was last started with. */
  readonly started: string | undefined;
  /** The bridge has the server's address. */
  readonly addressed: boolean;
  /** Open vSwitch's start brings the server with it; on SysV only the boot does. */
  readonly withSwitch: boolean;
}

const probe = (bridge: string) => sh`
${readSection("config", configPath)}
if [ -d /run/systemd/system ]; then
  ${readSection("boot", bootPaths.systemd)}
  if [ -L ${wantsPath} ]; then echo switch=yes; fi
else
  ${readSection("boot", bootPaths.sysv)}
fi
if read -r started 2>/dev/null <${startedPath}; then echo "started=$started"; fi
ip -4 -o address show dev ${bridge} 2>/dev/null
${askService("dhcpd")}`;

const plan = (options: DhcpServerOptions, now: DhcpServerState): readonly Change[] => {
  const { bridge } = options;
  const { manager, running } = now.service;
  const config = configText(options);
  const boot = bootFile(manager, options);
  const writeConfig: Change = {
    summary: `write ${configPath}`,
    command: replaceFile({
      path: configPath,
      text: config,
      check: (candidate) => sh`dhcpd -t -cf ${candidate}`,
    }),
    diff: { subject: configPath, before: now.config ?? "", after: config },
  };
  const writeBoot: Change = {
    summary: `write ${boot.path}`,
    // Stopped by the old file first, which takes the old address from the bridge.
    command: sh`
if [ -d /run/systemd/system ]; then systemctl stop dhcpd.service 2>/dev/null; fi
${replaceFile(boot)}`,
    diff: { subject: boot.path, before: now.boot ?? "", after: boot.text },
  };
  const follow: Change = {
    summary: "start dhcpd whenever Open vSwitch starts",
    command: sh`systemctl add-wants ovs-vswitchd.service dhcpd.service`,
  };
  const current = running && now.addressed && now.started === digestOf(options);
  const restart: Change = {
    summary: `${running ? "restart" : "start"} dhcpd on ${bridge}`,
    command: sh`
if [ -e ${`/sys/class/net/${bridge}`} ]; then
  if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
  ${startService("dhcpd", "restart")}
else
  echo ${`this host has no bridge ${bridge}`} >&2
  false
fi`,
  };
  return [
    ...(now.config === config ? [] : [writeConfig]),
    ...(now.boot === boot.text ? [] : [writeBoot]),
    ...(manager === "systemd" && !now.withSwitch ? [follow] : []),
    ...planService({ unit: "dhcpd" }, { ...now.service, running: true }),
    ...(current && now.boot === boot.text && now.config === config ? [] : [restart]),
  ];
};

const serving = (options: DhcpServerOptions) =>
  task({
    title: `DHCP server on ${options.bridge}`,
    probe: {
      command: probe(options.bridge),
      parse: (result): DhcpServerState => ({
        config: section("config", result),
        boot: section("boot", result),
        service: parseService(result.stdout),
        started: /^started=(\S+)$/m.exec(result.stdout)?.[1],
        withSwitch: /^switch=yes$/m.test(result.stdout),
        addressed: result.stdout.includes(` inet ${options.address} `),
      }),
    },
    plan: (now) => plan(options, now),
  });

/**
 * ISC dhcpd on one bridge, with its address on the bridge; both come back after a reboot.
 *
 * Clients get an address and no default route. `bridge` must exist when the task is applied.
 *
 * @example
 * ```ts
 * dhcpServer({
 *   bridge: "vxbr",
 *   address: "10.1.2.1/24",
 *   range: { from: "10.1.2.100", to: "10.1.2.199" },
 *   leaseTime: 3600,
 * })
 * ```
 *
 * @throws TaskError for a bridge name that a unit file cannot hold.
 */
export const dhcpServer = (options: DhcpServerOptions): TaskList => {
  if (!/^[\w.-]{1,15}$/.test(options.bridge)) {
    throw new TaskError(`"${options.bridge}" cannot be the DHCP server's bridge`, {
      hint: 'Give the bridge a name of at most 15 letters, digits, "_", "." and "-".',
    });
  }
  return [
    oneOf({
      what: "dhcp-server",
      program: "dhcpd",
      names: ["dhcp-server", "dhcp"],
      hint: "EL10 has no ISC DHCP any more: let a host with an earlier release be the DHCP server.",
    }),
    serving(options),
  ];
};
