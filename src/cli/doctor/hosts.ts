import { becomeOf } from "../../become.ts";
import { onHosts } from "../../run/on-hosts.ts";
import { sh } from "../../shell/command.ts";
import type { Finding } from "../../ui/findings-text.ts";
import { type HostsArguments, openHosts } from "../open-hosts.ts";
import { problemFinding } from "./problem-finding.ts";

const ANSWER_TIMEOUT_MS = 10_000;

/** Whether each host of a pattern lets weft in, with what, or why not. */
export const checkHosts = async (
  pattern: string,
  args: HostsArguments,
  signal: AbortSignal,
): Promise<readonly Finding[]> => {
  try {
    const { hosts, inventory, transport } = await openHosts(args, { pattern: pattern });
    const outcomes = await onHosts(
      hosts,
      { transport, forks: args.forks, signal },
      async (session, { connection }) => {
        const become = becomeOf(connection);
        const step = { command: sh`true`, timeoutMs: ANSWER_TIMEOUT_MS, become };
        await session.run([step], { signal });
        return session.login ?? "this machine itself";
      },
    );
    return hosts.flatMap(({ name }): readonly Finding[] => {
      const outcome = outcomes.get(name);
      if (outcome === undefined) return [];
      if (outcome.kind === "done") return [{ area: name, level: "ok", message: outcome.value }];
      const { message, hint = inventory.hint } = outcome.failure;
      return [
        {
          area: name,
          level: "problem",
          message: `${outcome.kind}: ${message}`,
          ...(hint !== undefined && { fix: hint }),
        },
      ];
    });
  } catch (error) {
    return [problemFinding("hosts", error)];
  }
};
