import { Problem } from "../problem.ts";
import { difference, onlyPlanned, PlanRecorder } from "../run/plan.ts";
import { type RunResult, runPlaybook } from "../run/run-playbook.ts";
import type { ApplyArguments } from "./apply.ts";
import { acknowledgeTasks } from "./confirm-tasks.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import { rememberRun } from "./last-run.ts";
import { loadRun, type OpenRun, openRun } from "./open-run.ts";
import { type PlanFile, readPlan } from "./plan-file.ts";
import { runLock } from "./run-lock.ts";
import { openRunOutput } from "./run-output.ts";
import { TerminalQuestions } from "./terminal-questions.ts";

/** What is due on the plan's hosts now, and how asking for it went. */
const lookAgain = async (
  open: OpenRun["options"],
  { salt }: PlanFile,
  signal: AbortSignal,
): Promise<{
  readonly recorder: PlanRecorder;
  readonly result: RunResult;
  readonly faults: readonly string[];
}> => {
  const recorder = new PlanRecorder(salt);
  const faults: string[] = [];
  const result = await runPlaybook({
    ...open,
    check: true,
    approve: recorder.approve,
    emit: (event) => {
      // What the playbook takes for no fault, this look does not either.
      const isTaken =
        event.type === "task-end" && (event.status === "ignored" || event.status === "rescued");
      if (!isTaken && "failure" in event && event.failure !== undefined) {
        faults.push(`${event.host}: ${event.failure.message}`);
      }
    },
    signal,
  });
  return { recorder, result, faults };
};

/** How hosts have moved on since the plan was made, a line each. */
const movedOn = (plan: PlanFile, recorder: PlanRecorder): readonly string[] => {
  const now = recorder.plan(Object.keys(plan.hosts));
  return Object.entries(plan.hosts).flatMap(([host, tasks]) => {
    const how = difference(tasks, now[host] ?? []);
    return how === undefined ? [] : [`${host}: ${how}`];
  });
};

/**
 * Makes the changes of a plan, if every host of it is still as it was, and no others.
 *
 * @throws Problem, before anything is changed, where the plan is none or no longer right
 */
export const applyVerb = async (args: ApplyArguments): Promise<void> => {
  const plan = readPlan(args.plan);
  const { hosts, salt, at, playbook, ...made } = plan;
  const given = {
    ...args,
    startAtTask: undefined,
    inventory: undefined,
    limit: undefined,
    extraVars: undefined,
    becomeUser: undefined,
    becomeMethod: undefined,
    ...made,
    playbook,
    forceHandlers: false,
  };
  const run = await loadRun(given);
  // Hosts that had no plan, because they failed or did not answer, are left alone.
  const limit = run.limit.filter((name) => hosts[name] !== undefined);
  const { options, waits } = await openRun(run, given);
  const open = { ...options, limit };
  const { signal } = interruptible();
  const { recorder, result: look, faults } = await lookAgain(open, plan, signal);
  if (look.interrupted || faults.length > 0) {
    for (const fault of faults) process.stderr.write(`${fault}\n`);
    process.stderr.write("Nothing was changed.\n");
    process.exitCode = exitCodeOf(look);
    return;
  }
  const moved = movedOn(plan, recorder);
  if (moved.length > 0) {
    throw new Problem(
      `${args.plan} was made at ${at}, and is no longer what is due. Nothing was changed.\n${moved.join("\n")}`,
      { hint: "Make a new plan: the hosts, the playbook or the inventory have changed." },
    );
  }
  const acknowledge = acknowledgeTasks(new TerminalQuestions(signal));
  const output = await openRunOutput(args, { asks: waits });
  try {
    const result = await runPlaybook({
      ...open,
      check: false,
      ...(acknowledge && { acknowledge }),
      approve: onlyPlanned(hosts, salt),
      ...(args.lock && { lock: runLock(playbook, args.lockWait) }),
      emit: output.emit,
      signal,
    });
    rememberRun(playbook, result);
    process.exitCode = exitCodeOf(result);
  } finally {
    await output.close();
  }
};
