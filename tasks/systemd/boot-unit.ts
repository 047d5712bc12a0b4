import { type Change, type Command, type CommandResult, change, sh } from "weft";
import { replaceFile } from "../file/replace-file.ts";
import { readSection, section } from "../file/section.ts";

/** A unit that Open vSwitch's start brings along. */
export interface BootUnit {
  /** With its suffix: "weft-underlay.service". */
  readonly name: string;
  readonly text: string;
}

/** What the host has of a {@link BootUnit}. Hosts without systemd need none: `undefined`. */
export type UnitState =
  | { readonly text: string | undefined; readonly enabled: boolean }
  | undefined;

const pathOf = (name: string): string => `/etc/systemd/system/${name}`;

// What `systemctl enable` makes of WantedBy=ovs-vswitchd.service: tested without a process.
const wantedBy = "/etc/systemd/system/ovs-vswitchd.service.wants";

/** Asks for the unit's text and whether it starts with Open vSwitch. */
export const askUnit = ({ name }: BootUnit): Command => sh`
if [ -d /run/systemd/system ]; then
  echo unit=systemd
  if [ -L ${`${wantedBy}/${name}`} ]; then echo unit=enabled; fi
  ${readSection("unit", pathOf(name))}
fi`;

/** Reads the answer of {@link askUnit}. */
export const parseUnit = (result: CommandResult): UnitState =>
  /^unit=systemd$/m.test(result.stdout)
    ? { text: section("unit", result), enabled: /^unit=enabled$/m.test(result.stdout) }
    : undefined;

/** Writes the unit and has it started with Open vSwitch from the next boot on. */
export const planUnit = ({ name, text }: BootUnit, now: UnitState): readonly Change[] => {
  if (now === undefined) return [];
  const path = pathOf(name);
  return [
    ...change(
      now.text !== text,
      `write ${path}`,
      sh`${replaceFile({ path, text })} && systemctl daemon-reload`,
      { diff: { subject: path, before: now.text ?? "", after: text } },
    ),
    ...change(!now.enabled, `enable ${name}`, sh`systemctl enable --quiet ${name}`),
  ];
};
