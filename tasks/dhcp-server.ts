import { type Change, sh, TaskError, type TaskList, task } from "weft";
import { bootFile, bootPaths, digestOf, startedPath, wantsPath } from "./dhcp-server/boot.ts";
import { type DhcpProgram, type DhcpServerOptions, isc, kea } from "./dhcp-server/program.ts";
import { replaceFile } from "./file/replace-file.ts";
import { readSection, section } from "./file/section.ts";
import { oneOf } from "./package/one-of.ts";
import { askRelease } from "./package/release.ts";
import {
  askService,
  parseService,
  planService,
  type ServiceState,
  startService,
} from "./service.ts";

/** The present state of the DHCP server. */
export interface DhcpServerState {
  readonly program: DhcpProgram;
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

const askProgram = (program: DhcpProgram) => sh`
${readSection("config", program.configPath)}
if [ -d /run/systemd/system ]; then
  ${readSection("boot", bootPaths(program).systemd)}
  if [ -L ${wantsPath(program)} ]; then echo switch=yes; fi
else
  ${readSection("boot", bootPaths(program).sysv)}
fi
${askService(program.unit)}`;

// A host that has neither program yet will get what its release has.
const probe = (bridge: string) => sh`
if command -v dhcpd >/dev/null 2>&1; then program=isc
elif command -v kea-dhcp4 >/dev/null 2>&1; then program=kea
else
  case $(${askRelease}) in
    ''|[6-9]) program=isc ;;
    *) program=kea ;;
  esac
fi
echo "program=$program"
if read -r started 2>/dev/null <${startedPath}; then echo "started=$started"; fi
ip -4 -o address show dev ${bridge} 2>/dev/null
if [ "$program" = kea ]; then
  ${askProgram(kea)}
else
  ${askProgram(isc)}
fi`;

const programOf = (stdout: string): DhcpProgram => {
  const name = /^program=(isc|kea)$/m.exec(stdout)?.[1];
  if (name === undefined) throw new TaskError("the host does not tell its DHCP server");
  return name === "kea" ? kea : isc;
};

const plan = (options: DhcpServerOptions, now: DhcpServerState): readonly Change[] => {
  const { bridge } = options;
  const { program } = now;
  const { unit, configPath } = program;
  const { manager, running } = now.service;
  const config = program.configText(options);
  const boot = bootFile(manager, program, options);
  const writeConfig: Change = {
    summary: `write ${configPath}`,
    command: replaceFile({
      path: configPath,
      text: config,
      check: program.check,
    }),
    diff: { subject: configPath, before: now.config ?? "", after: config },
  };
  const writeBoot: Change = {
    summary: `write ${boot.path}`,
    // Stopped by the old file first, which takes the old address from the bridge.
    command: sh`
if [ -d /run/systemd/system ]; then systemctl stop ${`${unit}.service`} 2>/dev/null; fi
${replaceFile(boot)}`,
    diff: { subject: boot.path, before: now.boot ?? "", after: boot.text },
  };
  const follow: Change = {
    summary: `start ${unit} whenever Open vSwitch starts`,
    command: sh`systemctl add-wants ovs-vswitchd.service ${`${unit}.service`}`,
  };
  const current = running && now.addressed && now.started === digestOf(program, options);
  const restart: Change = {
    summary: `${running ? "restart" : "start"} ${unit} on ${bridge}`,
    command: sh`
if [ -e ${`/sys/class/net/${bridge}`} ]; then
  if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
  ${startService(unit, "restart")}
else
  echo ${`this host has no bridge ${bridge}`} >&2
  false
fi`,
  };
  return [
    ...(now.config === config ? [] : [writeConfig]),
    ...(now.boot === boot.text ? [] : [writeBoot]),
    ...(manager === "systemd" && !now.withSwitch ? [follow] : []),
    ...planService({ unit }, { ...now.service, running: true }),
    ...(current && now.boot === boot.text && now.config === config ? [] : [restart]),
  ];
};

const serving = (options: DhcpServerOptions) =>
  task({
    title: `DHCP server on ${options.bridge}`,
    probe: {
      command: probe(options.bridge),
      parse: (result): DhcpServerState => ({
        program: programOf(result.stdout),
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
 * A DHCP server on one bridge, with its address on the bridge; both come back after a reboot. It is ISC
 * dhcpd, on EL10 Kea.
 *
 * Clients get an address and no default route. `bridge` must exist when the task is applied.
 *
 * @category Networks of containers
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
      programs: ["dhcpd", "kea-dhcp4"],
      names: ["dhcp-server", "dhcp", "kea"],
      hint: "Add a repository that has one, or let another host be the DHCP server.",
    }),
    serving(options),
  ];
};
