import { type Change, type Command, type CommandResult, change, sh, TaskError } from "weft";
import { sha256 } from "../file/content.ts";
import { replaceFile } from "../file/replace-file.ts";
import {
  askUnit,
  type BootUnit,
  parseUnit,
  planUnit,
  removeUnit,
  type UnitState,
} from "../systemd/boot-unit.ts";
import { tunnelBridge, tunnelUnit } from "./tunnel-bridge.ts";

/**
 * A program on the host that knows which flows the tunnels' bridge is to have: `check BRIDGE` tells by its
 * exit status whether they are there, `set BRIDGE` puts them there.
 *
 * Flows are not in Open vSwitch's database, so that whoever starts ovs-vswitchd has to put them back: a unit
 * does. Until then the bridge, being fail_mode=secure, forwards nothing.
 */
export interface FlowProgram {
  /** Where it is on the host. */
  readonly path: string;
  readonly text: string;
  /** What its flows do, as a summary says it: "keep the tunnels apart". */
  readonly purpose: string;
}

/** What the host has of a {@link FlowProgram}. */
export interface FlowState {
  readonly program: boolean;
  /** The flows are there, all of them and no others. */
  readonly current: boolean;
  readonly unit: UnitState;
}

const bootUnit = (path: string, bridge: string): BootUnit => {
  const { name } = tunnelBridge(bridge);
  return {
    name: tunnelUnit(bridge),
    description: `Flows of the tunnels on ${name}`,
    service: [`ExecStart=${path} set ${name}`],
    sysv: { start: `${path} set ${name}` },
  };
};

/** Asks the program, where the host has it, whether its flows are there. */
export const askCurrent = ({ path }: FlowProgram, bridge: string): Command => sh`
if [ -e ${path} ] && ${path} check ${tunnelBridge(bridge).name} 2>/dev/null; then echo flows=current; fi`;

/** Reads the answer of {@link askCurrent}. */
export const isCurrent = ({ stdout }: CommandResult): boolean => /^flows=current$/m.test(stdout);

/** Asks for the program, its flows and what restores them. */
export const askFlows = (program: FlowProgram, bridge: string): Command => sh`
sha256sum ${program.path} 2>/dev/null
${askCurrent(program, bridge)}
${askUnit(bootUnit(program.path, bridge))}`;

/** Reads the answer of {@link askFlows}. */
export const parseFlows = ({ path, text }: FlowProgram, result: CommandResult): FlowState => {
  const digest = sha256(text);
  return {
    program: result.stdout.includes(`${digest}  ${path}`),
    current: isCurrent(result),
    unit: parseUnit(result),
  };
};

/**
 * The changes that have the flows there, now and whenever Open vSwitch starts.
 * @param moved whether tunnels change as well, and the flows with them
 * @throws TaskError on a host where nothing would restore them
 */
export const planFlows = (
  { path, text, purpose }: FlowProgram,
  bridge: string,
  now: FlowState,
  moved: boolean,
): readonly Change[] => {
  const { name } = tunnelBridge(bridge);
  if (now.unit === undefined) {
    throw new TaskError(
      "the tunnels need flows, which without systemd or chkconfig nothing would restore",
      { hint: "With Open vSwitch 2.7 or later, tunnels with a port each need none." },
    );
  }
  return [
    ...change(!now.program, `write ${path}`, replaceFile({ path, text, mode: "755" })),
    ...planUnit(bootUnit(path, bridge), now.unit),
    ...change(moved || !now.current, `${purpose} by flows on ${name}`, sh`${path} set ${name}`),
  ];
};

/** The changes after which nothing restores flows: for a host whose tunnels need none any more. */
export const planNoFlows = (bridge: string, { unit }: FlowState): readonly Change[] =>
  change(unit?.text !== undefined, `remove ${tunnelUnit(bridge)}`, removeUnit(tunnelUnit(bridge)));
