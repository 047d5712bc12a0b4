import { html, type Markup } from "../../markup.ts";
import type { HostRecap } from "../../run/events.ts";
import { cleanLine } from "../../ui/clean-text.ts";
import type { HostRecord, RunRecord, Stretch, TaskRecord } from "../run-record.ts";
import { type HostStatus, hostStatus } from "./status.ts";

/** A host as the page shows it. */
export interface ReportHost {
  readonly name: string;
  readonly status: HostStatus;
  readonly recap: HostRecap;
  readonly record: HostRecord;
  /** Its element on the page; a task's is {@link taskId}. */
  readonly id: string;
}

/** The hosts of a run, in its order. */
export const reportHosts = (run: RunRecord): readonly ReportHost[] =>
  run.hosts.map((record, index) => ({
    name: cleanLine(record.name),
    status: hostStatus(record, run),
    recap: run.recapOf(record),
    record,
    id: `h${index}`,
  }));

/** The element of a host's task. */
export const taskId = ({ id }: ReportHost, index: number): string => `${id}t${index}`;

/** The attributes by which the filter finds what belongs to a host. */
export const filtered = ({ name, status }: ReportHost): Markup =>
  html`data-name="${name}" data-status="${status}"`;

/** When something ended, in milliseconds since the run began. */
export const endOf = ({ at, ms }: TaskRecord | Stretch): number => at + ms;
