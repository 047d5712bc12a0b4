import { randomBytes } from "node:crypto";
import { Problem } from "../problem.ts";
import { PlanRecorder } from "../run/plan.ts";
import { type RunResult, runPlaybook } from "../run/run-playbook.ts";
import { knownSecrets } from "../shell/secret-register.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import { loadRun, openRun } from "./open-run.ts";
import type { PlanArguments } from "./plan.ts";
import { writePlan } from "./plan-file.ts";
import { openRunOutput } from "./run-output.ts";

/** Hosts that came through the whole playbook. */
const throughAll = ({ hosts }: RunResult): readonly string[] =>
  Object.entries(hosts).flatMap(([name, { failed, unreachable }]) =>
    failed + unreachable > 0 ? [] : [name],
  );

/** @throws Problem where a plan would keep a secret that was typed on the command line */
const refuseSecrets = (extraVars: readonly string[] = []): void => {
  const option = extraVars.find((text) => knownSecrets.mask(text) !== text);
  if (option === undefined) return;
  throw new Problem("-e holds a secret, which the plan would have to keep for weft apply", {
    hint: "Put it into a file that weft secrets encrypt encrypts, and give that: -e @FILE",
  });
};

/**
 * Shows the changes that a playbook would make, with their diffs, and writes them to a file.
 *
 * @throws Problem, before any host is touched, where something that the user gave is wrong
 */
export const planVerb = async (args: PlanArguments): Promise<void> => {
  const run = await loadRun(args);
  if (args.out !== undefined) refuseSecrets(args.extraVars);
  const { options } = await openRun(run, args);
  const controller = interruptible();
  const salt = randomBytes(16).toString("hex");
  const recorder = new PlanRecorder(salt);
  const output = await openRunOutput({ ...args, diff: true });
  let result: RunResult;
  try {
    const { emit } = output;
    const { approve } = recorder;
    result = await runPlaybook({
      ...options,
      check: true,
      approve,
      emit,
      signal: controller.signal,
    });
  } finally {
    await output.close();
  }
  process.exitCode = exitCodeOf(result);
  if (args.out === undefined || result.interrupted) return;
  const { playbook, inventory, limit, extraVars, tags = [], skipTags = [], startAtTask } = args;
  const { become, becomeUser, becomeMethod } = args;
  const hosts = throughAll(result);
  writePlan(args.out, {
    at: new Date().toISOString(),
    salt,
    playbook,
    ...(inventory !== undefined && { inventory: [...inventory] }),
    ...(limit !== undefined && { limit }),
    ...(extraVars !== undefined && { extraVars: [...extraVars] }),
    tags: [...tags],
    skipTags: [...skipTags],
    ...(startAtTask !== undefined && { startAtTask }),
    become,
    ...(becomeUser !== undefined && { becomeUser }),
    ...(becomeMethod !== undefined && { becomeMethod }),
    hosts: recorder.plan(hosts),
  });
  const left = Object.keys(result.hosts).length - hosts.length;
  const without = left === 0 ? "" : `, without the ${left} that failed or were unreachable`;
  process.stderr.write(
    `Plan for ${hosts.length} hosts${without}: ${args.out}\nweft apply ${args.out} makes these changes and no others.\n`,
  );
};
