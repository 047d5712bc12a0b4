import { type Change, type CommandResult, change, sh, TaskError, task } from "weft";
import { replaceFile } from "./file/replace-file.ts";
import { askText, parseText } from "./file/text.ts";

interface SystemdUnitOptions {
  /** With its suffix: "app.service", "backup.timer". */
  readonly name: string;
  /** The unit file's text: systemd.unit(5). Not needed for one that is to be absent. */
  readonly content?: string;
  /** Default: true. A service that ends when its work is done needs false. */
  readonly running?: boolean;
  /** Started at boot. Default: true where the text has an [Install] section. */
  readonly enabled?: boolean;
  /** True: no such unit in /etc/systemd/system, and it neither runs nor starts at boot. Default: false. */
  readonly absent?: boolean;
}

/** A unit that is to be there. */
type PresentUnit = SystemdUnitOptions & { readonly content: string };

/** What systemd says of a unit. */
export interface UnitState {
  readonly text: string | undefined;
  readonly active: string;
  /** UnitFileState; "" where there is no unit file. */
  readonly file: string;
  /** systemd has another text in mind than the file's. */
  readonly stale: boolean;
}

const parse = (result: CommandResult): UnitState => {
  const { stdout, stderr } = result;
  if (/^systemd=absent$/m.test(stdout)) {
    throw new TaskError("this host has no systemd", {
      hint: "EL6 has SysV scripts: write one to /etc/init.d with file() and run it with service().",
    });
  }
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(stdout)?.[1];
  const active = value("ActiveState");
  if (active === undefined) {
    throw new TaskError(`systemd's answer cannot be understood: ${stderr.trim()}`);
  }
  return {
    text: parseText(result),
    active,
    file: value("UnitFileState") ?? "",
    stale: value("NeedDaemonReload") === "yes",
  };
};

const planAbsent = (name: string, path: string, now: UnitState): readonly Change[] =>
  // What runs after its file is gone is not stopped: it may be a unit of a package by now.
  now.text === undefined
    ? []
    : [
        {
          summary: `stop and disable ${name}, remove ${path}`,
          command: sh`
systemctl disable --now ${name} && rm -f ${path} && systemctl daemon-reload &&
{ systemctl reset-failed ${name} 2>/dev/null || :; }`,
          diff: { subject: path, before: now.text, after: "" },
        },
      ];

const plan = (
  { name, content, running = true, enabled = /^\[Install\]$/m.test(content) }: PresentUnit,
  path: string,
  now: UnitState,
): readonly Change[] => {
  if (now.file.startsWith("masked")) {
    throw new TaskError(`${name} is masked`, {
      hint: `Somebody did so on purpose. To take that back: systemctl unmask ${name}`,
    });
  }
  // One that is being started is started once more, which waits for it; it may fail over and over.
  const isActive = now.active === "active" || now.active === "reloading";
  const write = sh`${replaceFile({ path, text: content })} && systemctl daemon-reload`;
  const edited = now.text !== content;
  // One with the writing: a run that is cut in between would take the old process for the new.
  const restart = edited && isActive && running;
  // A process that ends at once is taken for started until a moment later.
  const settled = sh`{ sleep 0.5; systemctl is-active --quiet ${name}; } || { systemctl status --no-pager --full --lines=15 ${name} >&2; false; }`;
  const isEnabled = now.file === "enabled" || now.file === "alias";
  return [
    ...change(
      edited,
      `write ${path}${restart ? ` and restart ${name}` : ""}`,
      restart ? sh`${write} && systemctl restart ${name} && ${settled}` : write,
      { diff: { subject: path, before: now.text ?? "", after: content } },
    ),
    ...change(!edited && now.stale, "have systemd read its units", sh`systemctl daemon-reload`),
    ...change(enabled && !isEnabled, `enable ${name}`, sh`systemctl enable ${name}`),
    ...change(!enabled && isEnabled, `disable ${name}`, sh`systemctl disable ${name}`),
    ...change(running && !isActive, `start ${name}`, sh`systemctl start ${name} && ${settled}`),
    ...change(
      !running && (isActive || now.active === "activating"),
      `stop ${name}`,
      sh`systemctl stop ${name}`,
    ),
  ];
};

/**
 * A systemd unit with its text: running and started at boot, and restarted when the text changes.
 *
 * @category System
 *
 * @example
 * ```ts
 * systemdUnit({
 *   name: "app.service",
 *   content: `[Service]
 * ExecStart=/usr/local/bin/app
 * Restart=on-failure
 *
 * [Install]
 * WantedBy=multi-user.target
 * `,
 * })
 * systemdUnit({ name: "old-app.service", absent: true })
 * ```
 *
 * @throws TaskError for a name without a unit's suffix, or one that is to be there without a text
 */
export const systemdUnit = (options: SystemdUnitOptions) => {
  const { name, content, absent = false } = options;
  if (!/^[\w:.@\\-]+\.(service|socket|timer|path|mount|target|slice)$/.test(name)) {
    throw new TaskError(`"${name}" is no systemd unit's name`, {
      hint: 'Give it with its suffix: "app.service".',
    });
  }
  const path = `/etc/systemd/system/${name}`;
  if (content === undefined && !absent) {
    throw new TaskError(`systemd unit ${name} has no content`, {
      hint: "Give it the unit file's text, or say that it is to be absent.",
    });
  }
  return task<UnitState>({
    title: `${absent ? "no systemd unit" : "systemd unit"} ${name}`,
    probe: {
      command: sh`
if [ -d /run/systemd/system ]; then
  systemctl show --property=ActiveState,UnitFileState,NeedDaemonReload ${name}
  if [ -f ${path} ]; then ${askText(path)}; fi
else
  echo systemd=absent
fi`,
      parse,
    },
    plan: (now) =>
      content === undefined || absent
        ? planAbsent(name, path, now)
        : plan({ ...options, content }, path, now),
  });
};
