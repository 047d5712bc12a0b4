import { type Change, type Command, sh, TaskError, task } from "weft";

interface ServiceOptions {
  /** The unit's name without ".service"; on EL6 that of its script in /etc/init.d. */
  readonly unit: string;
  /** Default: true. */
  readonly running?: boolean;
  /** Started at boot. Default: true. */
  readonly enabled?: boolean;
}

/** What the host's service manager says of a unit; `absent` where it knows no such unit. */
export interface ServiceState {
  readonly manager: "systemd" | "sysv";
  readonly running: boolean;
  /** systemd's UnitFileState; "enabled", "disabled" or "absent" on SysV. */
  readonly file: string;
}

/**
 * Asks for a unit's state in one process where systemd runs.
 *
 * A unit made from a SysV script has no UnitFileState of its own, `is-enabled` asks chkconfig for it.
 * https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.systemd1.html
 */
export const askService = (unit: string): Command => sh`
if [ -d /run/systemd/system ]; then
  show=$(systemctl show --property=LoadState,ActiveState,UnitFileState ${`${unit}.service`})
  echo "$show"
  case $show in
    *LoadState=not-found*) ;;
    *UnitFileState=bad*|*UnitFileState=generated*|*UnitFileState=|*"UnitFileState=
"*) echo "UnitFileState=$(systemctl is-enabled ${`${unit}.service`} 2>/dev/null)" ;;
  esac
elif [ -e ${`/etc/init.d/${unit}`} ]; then
  service ${unit} status >/dev/null 2>&1; echo "status=$?"
  if chkconfig ${unit}; then echo enabled=yes; else echo enabled=no; fi
else
  echo status=absent
fi
true`;

/**
 * Reads the answer of {@link askService}. Exit statuses of `service NAME status`: 0 runs, 1 to 3 not.
 * https://refspecs.linuxbase.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/iniscrptact.html
 *
 * @throws TaskError where the answer is something else.
 */
export const parseService = (stdout: string): ServiceState => {
  const value = (key: string): string | undefined =>
    [...stdout.matchAll(new RegExp(`^${key}=(.*)$`, "gm"))].at(-1)?.[1];
  const active = value("ActiveState");
  if (active !== undefined) {
    const absent = value("LoadState") === "not-found";
    return {
      manager: "systemd",
      running: active === "active" || active === "reloading",
      file: absent ? "absent" : (value("UnitFileState") ?? ""),
    };
  }
  const status = value("status");
  if (status === "absent") return { manager: "sysv", running: false, file: "absent" };
  if (status === undefined || !/^[0-3]$/.test(status)) {
    throw new TaskError(`the service manager's answer cannot be understood: ${stdout.trim()}`);
  }
  const file = value("enabled") === "yes" ? "enabled" : "disabled";
  return { manager: "sysv", running: status === "0", file };
};

/**
 * Starts or restarts a unit and waits until it really runs; says what the unit logged where it does not.
 *
 * systemd takes a unit of these types for started before its program has read its configuration.
 */
export const startService = (unit: string, verb: "start" | "restart" = "start"): Command => sh`
if [ -d /run/systemd/system ]; then
  systemctl ${verb} ${`${unit}.service`} &&
  case $(systemctl show --property=Type ${`${unit}.service`}) in
    Type=simple|Type=exec|Type=idle) sleep 1 ;;
  esac && systemctl is-active --quiet ${`${unit}.service`} ||
  { systemctl status --no-pager --full --lines=15 ${`${unit}.service`} >&2; false; }
else
  service ${unit} ${verb} && service ${unit} status
fi`;

/** Stops a unit. */
export const stopService = (unit: string): Command => sh`
if [ -d /run/systemd/system ]; then
  systemctl stop ${`${unit}.service`}
else
  service ${unit} stop
fi`;

/** Has a unit started at boot, or not. */
export const enableService = (unit: string, enabled = true): Command => sh`
if [ -d /run/systemd/system ]; then
  systemctl ${enabled ? "enable" : "disable"} ${`${unit}.service`}
else
  chkconfig --add ${unit} && chkconfig ${unit} ${enabled ? "on" : "off"}
fi`;

// An alias stands for a unit that is enabled under its own name.
const enabledFiles = ["enabled", "alias"];
const cannotBeEnabled = ["static", "masked", "masked-runtime", "transient"];

const planEnabled = (unit: string, enabled: boolean, { file }: ServiceState): readonly Change[] => {
  if (enabledFiles.includes(file) === enabled) return [];
  if (!enabled) {
    return file.startsWith("enabled")
      ? [{ summary: `disable ${unit}`, command: enableService(unit, false) }]
      : [];
  }
  if (cannotBeEnabled.includes(file)) {
    throw new TaskError(`${unit} cannot be enabled: its unit file is ${file}`, {
      hint: file.startsWith("masked")
        ? `Somebody masked it on purpose. To take that back: systemctl unmask ${unit}`
        : "Nothing would start it at boot: enable the unit that pulls it in instead.",
    });
  }
  return [{ summary: `enable ${unit}`, command: enableService(unit) }];
};

/** The changes that bring a unit to the wanted state. Pure. */
export const planService = (
  { unit, running = true, enabled = true }: ServiceOptions,
  now: ServiceState,
): readonly Change[] => {
  if (now.file === "absent" && !running && !enabled) return [];
  const start = running && !now.running;
  const stop = !running && now.running;
  return [
    ...planEnabled(unit, enabled, now),
    ...(start ? [{ summary: `start ${unit}`, command: startService(unit) }] : []),
    ...(stop ? [{ summary: `stop ${unit}`, command: stopService(unit) }] : []),
  ];
};

/**
 * A service that runs and is started at boot, under systemd or SysV.
 *
 * @category System
 *
 * @example
 * ```ts
 * service({ unit: "openvswitch" })
 * service({ unit: "firewalld", running: false, enabled: false })
 * ```
 */
export const service = (options: ServiceOptions) => {
  const { unit, running = true, enabled = true } = options;
  return task({
    title: `service ${unit} ${running ? "running" : "stopped"}, ${enabled ? "enabled" : "disabled"}`,
    probe: {
      command: askService(unit),
      parse: ({ stdout }) => parseService(stdout),
    },
    plan: (now) => planService(options, now),
  });
};
