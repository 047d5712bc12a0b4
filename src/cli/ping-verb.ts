import { becomeOf } from "../become.ts";
import { onHosts } from "../run/on-hosts.ts";
import { sh } from "../shell/command.ts";
import { exitCodeOfOutcomes } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import { openHosts } from "./open-hosts.ts";
import type { PingArguments } from "./ping.ts";
import { reportOutcomes } from "./report-outcomes.ts";

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Logs in to hosts, runs a command that does nothing, and says how long the answer took.
 *
 * @throws Problem, before any host is touched, where something that the user gave is wrong
 */
export const pingVerb = async (args: PingArguments): Promise<void> => {
  const { hosts, inventory, transport } = await openHosts(args, { pattern: args.pattern });
  const { signal } = interruptible();
  const width = Math.max(...hosts.map(({ name }) => name.length));
  const outcomes = await onHosts(
    hosts,
    { transport, forks: args.forks, signal },
    async (session, { name, connection }) => {
      // The session is open: what is timed is one round trip, not the login.
      const began = performance.now();
      const become = becomeOf(connection);
      await session.run([{ command: sh`true`, timeoutMs: ANSWER_TIMEOUT_MS, become }], { signal });
      const ms = (performance.now() - began).toFixed(1);
      process.stdout.write(`${name.padEnd(width)}  answers in ${ms} ms\n`);
    },
  );
  reportOutcomes(outcomes, inventory.hint);
  process.exitCode = exitCodeOfOutcomes(outcomes, { interrupted: signal.aborted });
};
