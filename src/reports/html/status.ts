import type { HostRecord, RunRecord, TaskRecord } from "../run-record.ts";

/** How a run went for a host, the worst first. */
export const HOST_STATUSES = [
  "failed",
  "unreachable",
  "interrupted",
  "stopped",
  "changed",
  "ok",
] as const;

export type HostStatus = (typeof HOST_STATUSES)[number];

/** How a run went for a host, over all of its plays. */
export const hostStatus = (host: HostRecord, run: RunRecord): HostStatus => {
  const { failed, unreachable, changed } = run.recapOf(host);
  if (failed > 0) return "failed";
  if (unreachable > 0) return "unreachable";
  const ended = (status: "interrupted" | "stopped"): boolean =>
    host.ends.some((end) => end.status === status);
  if (ended("interrupted") || host.tasks.some(({ status }) => status === "interrupted")) {
    return "interrupted";
  }
  if (ended("stopped")) return "stopped";
  return changed > 0 ? "changed" : "ok";
};

/** A status as a reader sees it. */
export const statusWord = (status: HostStatus | TaskRecord["status"], check: boolean): string => {
  if (status === "changed" && check) return "would change";
  return status === "ignored" || status === "rescued" ? `failed, ${status}` : status;
};
