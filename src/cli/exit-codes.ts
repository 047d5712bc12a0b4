import type { RunResult } from "../run/run-playbook.ts";

/** Usage or playbook error: nothing was touched. */
export const EXIT_PROBLEM = 1;

/** A host failed. */
export const EXIT_FAILED = 2;
/** A host could not be reached. */
export const EXIT_UNREACHABLE = 4;
/** Ended by Ctrl-C or SIGTERM. */
export const EXIT_INTERRUPTED = 130;

/** 0 done, 2 a host failed, 4 a host unreachable (2 wins), 130 interrupted. */
export const exitCodeOf = ({ hosts, interrupted }: RunResult): number => {
  if (interrupted) return EXIT_INTERRUPTED;
  const counts = Object.values(hosts);
  if (counts.some(({ failed }) => failed > 0)) return EXIT_FAILED;
  return counts.some(({ unreachable }) => unreachable > 0) ? EXIT_UNREACHABLE : 0;
};
