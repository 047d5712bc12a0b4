import type { HostOutcome } from "../run/on-hosts.ts";
import type { RunResult } from "../run/run-playbook.ts";

/** Usage or playbook error: nothing was touched. */
export const EXIT_PROBLEM = 1;

/** Ended by Ctrl-C or SIGTERM. */
export const EXIT_INTERRUPTED = 130;

interface Faults {
  /** Some host failed. */
  readonly failed: boolean;
  /** Some host could not be reached. */
  readonly unreachable: boolean;
  /** Ended by Ctrl-C or SIGTERM. */
  readonly interrupted: boolean;
}

/** 0 done, 2 a host failed, 4 a host unreachable (2 wins), 130 interrupted. */
const exitCode = ({ failed, unreachable, interrupted }: Faults): number => {
  if (interrupted) return EXIT_INTERRUPTED;
  if (failed) return 2;
  return unreachable ? 4 : 0;
};

/** The exit code of a playbook's run. */
export const exitCodeOf = ({ hosts, interrupted }: RunResult): number => {
  const counts = Object.values(hosts);
  return exitCode({
    failed: counts.some(({ failed }) => failed > 0),
    unreachable: counts.some(({ unreachable }) => unreachable > 0),
    interrupted,
  });
};

/** The exit code of one thing done on hosts; `failed` where it was done and went wrong. */
export const exitCodeOfOutcomes = (
  outcomes: ReadonlyMap<string, HostOutcome<unknown>>,
  { interrupted, failed = false }: { readonly interrupted: boolean; readonly failed?: boolean },
): number => {
  const kinds = new Set([...outcomes.values()].map(({ kind }) => kind));
  return exitCode({
    failed: failed || kinds.has("failed"),
    unreachable: kinds.has("unreachable"),
    interrupted,
  });
};
