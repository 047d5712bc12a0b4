import { type Change, type Command, type CommandResult, change, sh } from "weft";
import { replaceFile } from "../file/replace-file.ts";
import { readSection, section } from "../file/section.ts";

/** What Open vSwitch's start brings along: a unit, or an init script that comes after Open vSwitch's at boot. */
export interface BootUnit {
  /** Without a suffix: "weft-underlay". */
  readonly name: string;
  /** What it does, in words: "Open vSwitch bridge vxbr up". */
  readonly description: string;
  /** Units that it wants, and that come before it as well. */
  readonly wants?: readonly string[];
  /** Other units that come before it. */
  readonly after?: readonly string[];
  /** Lines of the unit's [Service]: what it runs once. */
  readonly service: readonly string[];
  /** Lines of the init script, in POSIX sh. */
  readonly sysv: { readonly start: string; readonly stop?: string };
}

/** What the host has of a {@link BootUnit}; `undefined` where it has neither systemd nor chkconfig. */
export type UnitState =
  | {
      readonly manager: "systemd" | "sysv";
      readonly text: string | undefined;
      readonly enabled: boolean;
    }
  | undefined;

const paths = (name: string) => ({
  systemd: `/etc/systemd/system/${name}.service`,
  sysv: `/etc/init.d/${name}`,
});

// What `systemctl enable` makes of WantedBy=ovs-vswitchd.service: tested without a process.
const wantedBy = "/etc/systemd/system/ovs-vswitchd.service.wants";

const unitText = ({ description, wants = [], after = [], service }: BootUnit): string => {
  const wanted = wants.length > 0 ? [`Wants=${wants.join(" ")}`] : [];
  const before = [...after, ...wants, "ovs-vswitchd.service", "openvswitch.service"];
  return `# Written by weft: the next run takes changes back.
[Unit]
${[`Description=${description}`, ...wanted, `After=${before.join(" ")}`].join("\n")}
PartOf=ovs-vswitchd.service

[Service]
# As often as Open vSwitch itself: the default limit is five starts in ten seconds. EL7 knows no other name.
StartLimitInterval=0
Type=oneshot
RemainAfterExit=yes
${service.join("\n")}

[Install]
WantedBy=ovs-vswitchd.service
`;
};

// Open vSwitch's own script has 09 and 91. rc stops at shutdown what has a file in /var/lock/subsys.
const initScript = ({ name, sysv: { start, stop = ":" } }: BootUnit): string => `#!/bin/sh
# Written by weft: the next run takes changes back.
# chkconfig: 2345 11 89
# description: ${name}, after Open vSwitch
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
lock=/var/lock/subsys/${name}
start() {
  ${start}
}
stop() {
  ${stop}
}
case $1 in
  start) start && touch $lock ;;
  stop) stop; rm -f $lock ;;
  restart|force-reload) stop; start && touch $lock ;;
  status) [ -e $lock ] || exit 3 ;;
  *) echo "usage: $0 start|stop|restart|status" >&2; exit 2 ;;
esac
`;

/** Asks for the unit's text and whether it starts with Open vSwitch. */
export const askUnit = ({ name }: Pick<BootUnit, "name">): Command => sh`
if [ -d /run/systemd/system ]; then
  echo unit=systemd
  if [ -L ${`${wantedBy}/${name}.service`} ]; then echo unit=enabled; fi
  ${readSection("unit", paths(name).systemd)}
elif command -v chkconfig >/dev/null 2>&1; then
  echo unit=sysv
  if chkconfig ${name} 2>/dev/null; then echo unit=enabled; fi
  ${readSection("unit", paths(name).sysv)}
fi`;

/** Reads the answer of {@link askUnit}. */
export const parseUnit = (result: CommandResult): UnitState => {
  const manager = /^unit=(systemd|sysv)$/m.exec(result.stdout)?.[1];
  if (manager === undefined) return undefined;
  return {
    manager: manager === "sysv" ? "sysv" : "systemd",
    text: section("unit", result),
    enabled: /^unit=enabled$/m.test(result.stdout),
  };
};

/** Writes the unit and has it started with Open vSwitch from the next boot on. */
export const planUnit = (unit: BootUnit, now: UnitState): readonly Change[] => {
  if (now === undefined) return [];
  const { name } = unit;
  const path = paths(name)[now.manager];
  const isSystemd = now.manager === "systemd";
  const text = isSystemd ? unitText(unit) : initScript(unit);
  return [
    ...change(
      now.text !== text,
      `write ${path}`,
      isSystemd
        ? sh`${replaceFile({ path, text })} && systemctl daemon-reload`
        : replaceFile({ path, text, mode: "755" }),
      { diff: { subject: path, before: now.text ?? "", after: text } },
    ),
    ...change(
      !now.enabled,
      isSystemd ? `enable ${name}.service` : `enable ${name}`,
      isSystemd
        ? sh`systemctl enable --quiet ${`${name}.service`}`
        : sh`chkconfig --add ${name} && chkconfig ${name} on`,
    ),
  ];
};

/** Takes a unit away, of which nothing needs to be there. */
export const removeUnit = (name: string): Command => {
  const { systemd, sysv } = paths(name);
  return sh`
if [ -d /run/systemd/system ]; then
  if [ -e ${systemd} ]; then
    systemctl disable --quiet --now ${`${name}.service`} && rm -f ${systemd} && systemctl daemon-reload
  fi
elif [ -e ${sysv} ]; then
  chkconfig --del ${name} && rm -f ${sysv} ${`/var/lock/subsys/${name}`}
fi`;
};
