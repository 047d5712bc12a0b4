import { becomeOf } from "../become.ts";
import { type Command, join, sh } from "../shell/command.ts";
import type { Step } from "../ssh/transport.ts";
import type { Change, Task } from "../task.ts";
import type { TaskSettings } from "../task-settings.ts";
import type { Remote } from "./remote.ts";

/** Milliseconds that one command of a task may take unless the task says otherwise. */
const DEFAULT_TIMEOUT_MS = 600_000;

/**
 * A folder that is there and in which no relative path of a user's names anything. A probe whose
 * own folder is not there yet, because an earlier task will make it, runs here and finds nothing.
 */
const NOWHERE = sh`cd /proc/$$/fdinfo`;

const surroundings = (
  { environment = {}, umask, workingDirectory }: TaskSettings,
  purpose: "probe" | "change",
): readonly Command[] => [
  ...Object.entries(environment).map(([name, value]) => sh`export ${name}=${value}`),
  ...(umask === undefined ? [] : [sh`umask ${umask}`]),
  ...(workingDirectory === undefined
    ? []
    : [
        purpose === "probe"
          ? sh`cd ${workingDirectory} 2>/dev/null || ${NOWHERE}`
          : sh`cd ${workingDirectory} || exit`,
      ]),
];

const stepFor = (
  task: Task,
  command: Command,
  { connection }: Remote,
  purpose: "probe" | "change",
): Step => {
  const before = surroundings(task.settings ?? {}, purpose);
  const become = becomeOf(connection, task.settings?.become);
  return {
    command: before.length === 0 ? command : join([...before, command], "\n"),
    timeoutMs: task.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    ...(become && { become }),
  };
};

/** A task's probe as a step of a script. */
export const probeStep = (task: Task, remote: Remote): Step =>
  stepFor(task, task.probe.command, remote, "probe");

/** A change as a step of a script. */
export const changeStep = (task: Task, change: Change, remote: Remote): Step =>
  stepFor(task, change.command, remote, "change");
