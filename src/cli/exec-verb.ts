import { becomeOf } from "../become.ts";
import { Problem } from "../problem.ts";
import { type HostOutcome, onHosts } from "../run/on-hosts.ts";
import { knownSecrets } from "../shell/secret-register.ts";
import type { CommandResult } from "../task.ts";
import { foldedOutput, type HostOutput } from "../ui/folded-output.ts";
import type { ExecArguments } from "./exec.ts";
import { exitCodeOfOutcomes } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import { openHosts } from "./open-hosts.ts";
import { reportOutcomes } from "./report-outcomes.ts";

/** The words after the pattern, as the one line of shell that they are. */
const commandLine = (args: ExecArguments): string => {
  const dashed: unknown = args["--"];
  const words = [...(args.command ?? []), ...(Array.isArray(dashed) ? dashed.map(String) : [])];
  if (words.length > 0) return words.join(" ");
  throw new Problem("say what to run, after --", { hint: "weft exec all -- uptime" });
};

const timeoutOf = ({ timeout }: ExecArguments): number => {
  if (timeout > 0 && Number.isFinite(timeout)) return timeout * 1000;
  throw new Problem(`--timeout: expected seconds above 0, got ${timeout}`);
};

const outputsOf = (
  outcomes: ReadonlyMap<string, HostOutcome<CommandResult>>,
  order: readonly string[],
): readonly HostOutput[] =>
  order.flatMap((host) => {
    const outcome = outcomes.get(host);
    if (outcome?.kind !== "done") return [];
    const { stdout, stderr, exitCode } = outcome.value;
    return [{ host, output: knownSecrets.mask(`${stdout}${stderr}`), exitCode }];
  });

/**
 * Runs one shell command on hosts, shows what they printed and sets the process's exit code: 2 where
 * the command failed on one, 4 where one is unreachable.
 *
 * @throws Problem, before any host is touched, where something that the user gave is wrong
 */
export const execVerb = async (args: ExecArguments): Promise<void> => {
  const script = commandLine(args);
  const timeoutMs = timeoutOf(args);
  const { hosts, inventory, transport } = await openHosts(args, { pattern: args.pattern });
  const { signal } = interruptible();
  // The user wrote this line for a shell: it is run as it is.
  const command = { script, display: script, secrets: [] };
  const step = { command, timeoutMs };
  const outcomes = await onHosts(
    hosts,
    { transport, forks: args.forks, signal },
    async (session, { connection }) => {
      const become = becomeOf(connection);
      const [result] = await session.run([{ ...step, become }], { signal });
      if (result === undefined) throw new Error("the command was skipped");
      return result;
    },
  );
  const outputs = outputsOf(
    outcomes,
    hosts.map(({ name }) => name),
  );
  if (outputs.length > 0) process.stdout.write(`${foldedOutput(outputs)}\n`);
  reportOutcomes(outcomes, inventory.hint);
  process.exitCode = exitCodeOfOutcomes(outcomes, {
    interrupted: signal.aborted,
    failed: outputs.some(({ exitCode }) => exitCode !== 0),
  });
};
