import { runPlaybook } from "../run/run-playbook.ts";
import { knownSecrets } from "../shell/secret-register.ts";
import { acknowledgeTasks, confirmTasks } from "./confirm-tasks.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import { journalFile, unfinishedRun } from "./journal-file.ts";
import { rememberRun } from "./last-run.ts";
import { listPlaybook } from "./list-playbook.ts";
import { loadRun, openRun } from "./open-run.ts";
import type { RunArguments } from "./run.ts";
import { runLock } from "./run-lock.ts";
import { openRunOutput } from "./run-output.ts";
import { TerminalQuestions } from "./terminal-questions.ts";

/**
 * Runs a playbook and sets the process's exit code.
 *
 * @throws Problem, before any host is touched, where something that the user gave is wrong
 */
export const runVerb = async (args: RunArguments): Promise<void> => {
  const listing = { hosts: args.listHosts, tasks: args.listTasks, tags: args.listTags };
  const onlyLists = Object.values(listing).includes(true);
  const run = await loadRun(args, { onlyLists });
  const { playbook, inventory, limit, selection } = run;
  if (onlyLists) {
    const text = listPlaybook(playbook, inventory, limit, { selection, listing });
    process.stdout.write(`${knownSecrets.mask(text)}\n`);
    return;
  }
  const { options, waits } = await openRun(run, args);
  const { signal } = interruptible();
  const resume = args.resume ? unfinishedRun(args.playbook) : undefined;
  const questions = new TerminalQuestions(signal);
  const acknowledge = acknowledgeTasks(questions);
  const hooks = {
    ...(acknowledge && { acknowledge }),
    ...(resume !== undefined && { resume }),
    ...(args.step && { confirm: confirmTasks(questions) }),
    ...(args.lock && { lock: runLock(args.playbook, args.lockWait) }),
  };
  const output = await openRunOutput(args, { asks: args.step || (waits && !args.check) });
  // A dry run does nothing that could be gone on with.
  const journal = args.check ? undefined : journalFile(args.playbook, resume);
  try {
    const result = await runPlaybook({
      ...options,
      ...hooks,
      check: args.check,
      emit: (event) => {
        journal?.emit(event);
        output.emit(event);
      },
      signal,
    });
    // A dry run fixes nothing: what is still to be mended stays known.
    if (!args.check) rememberRun(args.playbook, result);
    process.exitCode = exitCodeOf(result);
  } finally {
    journal?.close();
    await output.close();
  }
};
