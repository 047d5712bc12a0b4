import type { RunResult } from "../run/run-playbook.ts";

/** Usage or playbook error: nothing was touched. */
export const EXIT_PROBLEM = 1;

/** 0 done, 2 a host failed, 4 a host unreachable (2 wins), 130 interrupted. */
export const exitCodeOf = ({ hosts, interrupted }: RunResult): number => {
  if (interrupted) return 130;
  const counts = Object.values(hosts);
  if (counts.some(({ failed }) => failed > 0)) return 2;
  return counts.some(({ unreachable }) => unreachable > 0) ? 4 : 0;
};
