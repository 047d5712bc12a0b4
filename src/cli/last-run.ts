import { readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../message-of.ts";
import { Problem } from "../problem.ts";
import type { RunResult } from "../run/run-playbook.ts";
import { atomicWrite } from "./atomic-write.ts";
import { projectFolder, projectState } from "./state-folder.ts";

/** What is remembered of the last run in a project. */
interface LastRun {
  readonly project: string;
  readonly playbook: string;
  /** When it ended, as ISO 8601 has it. */
  readonly at: string;
  readonly failed: readonly string[];
  readonly unreachable: readonly string[];
}

const stateFile = (project: string): string => join(projectState(project), "last-run.json");

const names = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];

/** Remembers which hosts a run lost. A folder that cannot be written is told, and is no failure. */
export const rememberRun = (playbook: string, { hosts }: RunResult): void => {
  const lost = (count: "failed" | "unreachable") =>
    Object.entries(hosts).flatMap(([name, recap]) => (recap[count] > 0 ? [name] : []));
  const project = projectFolder();
  const lastRun: LastRun = {
    project,
    playbook,
    at: new Date().toISOString(),
    failed: lost("failed"),
    unreachable: lost("unreachable"),
  };
  try {
    atomicWrite(stateFile(project), `${JSON.stringify(lastRun, undefined, 2)}\n`);
  } catch (error) {
    const reason = messageOf(error);
    process.stderr.write(`warning: @failed will not know of this run: ${reason}\n`);
  }
};

/**
 * Hosts that failed or could not be reached in the project's last run.
 *
 * @throws Problem where no run is remembered, and where it lost no host
 */
export const lastFailedHosts = (): readonly string[] => {
  const project = projectFolder();
  let lastRun: Partial<LastRun>;
  try {
    lastRun = JSON.parse(readFileSync(stateFile(project), "utf8")) as Partial<LastRun>;
  } catch (cause) {
    throw new Problem(`@failed: no run is remembered for ${project}`, { cause });
  }
  const hosts = [...new Set([...names(lastRun.failed), ...names(lastRun.unreachable)])];
  if (hosts.length > 0) return hosts;
  throw new Problem(
    `@failed: the last run lost no host (${String(lastRun.playbook)}, ${String(lastRun.at)})`,
  );
};
