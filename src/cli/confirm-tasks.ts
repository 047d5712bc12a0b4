import { Problem } from "../problem.ts";
import type { RunHooks } from "../run/run-context.ts";
import { TaskError } from "../task.ts";
import { canAsk } from "./ask-passphrase.ts";
import type { TerminalQuestions } from "./terminal-questions.ts";

/** What is found out once for all hosts that have a task of a title. */
const onceForAll = <Outcome>() => {
  const known = new Map<string, Promise<Outcome>>();
  return (
    { play, title }: { readonly play: string; readonly title: string },
    findOut: () => Promise<Outcome>,
  ): Promise<Outcome> => {
    const key = `${play}\0${title}`;
    const outcome = known.get(key) ?? findOut();
    known.set(key, outcome);
    return outcome;
  };
};

/**
 * Asks on the terminal before each task, once for all hosts: yes, no, or continue without further
 * questions. No answer is a no.
 *
 * @throws Problem where nobody can be asked
 */
export const confirmTasks = (questions: TerminalQuestions): NonNullable<RunHooks["confirm"]> => {
  if (!canAsk()) {
    throw new Problem("--step asks before each task, and there is no terminal to ask on");
  }
  const once = onceForAll<boolean>();
  let continues = false;
  return (task) =>
    once(task, () =>
      questions.inTurn(async (ask) => {
        if (continues) return true;
        const question = `${task.play}: ${task.title}? (N)o/(y)es/(c)ontinue: `;
        const answer = (await ask(question))?.trim().toLowerCase() ?? "";
        continues = /^c(ontinue)?$/.test(answer);
        return continues || /^y(es)?$/.test(answer);
      }),
    );
};

/**
 * Waits for Enter where a task wants that, and fails the task where the input ends without one; `undefined`
 * where nobody can be asked.
 */
export const acknowledgeTasks = (questions: TerminalQuestions): RunHooks["acknowledge"] => {
  if (!canAsk()) return undefined;
  const once = onceForAll<void>();
  return (wait) =>
    once(wait, () =>
      questions.inTurn(async (ask) => {
        const answer = await ask(`${wait.text} [Enter] `);
        if (answer === undefined)
          throw new TaskError("the input ended before somebody pressed Enter");
      }),
    );
};
