import type { Change, CommandResult, TaskList } from "weft";

/** A probe's answer, as it would come from a host. */
export const answer = (stdout: string, stderr = "", exitCode = 0): CommandResult => ({
  stdout,
  stderr,
  exitCode,
  truncated: false,
});

/** What the task at this place of a list would change, given an answer. */
export const changesOf = (list: TaskList, at: number, result: CommandResult): readonly Change[] => {
  const task = list[at];
  if (!task || !("probe" in task)) throw new Error(`no task at ${at}`);
  return task.plan(task.probe.parse(result));
};

/** The summaries of changes. */
export const summaries = (changes: readonly Change[]): readonly string[] =>
  changes.map(({ summary }) => summary);
