import type { Emit, RunEvent, TaskStatus } from "./events.ts";
import { type FinishedTask, isDone, type Resume } from "./resume.ts";

/**
 * A run's journal: one JSON line for each task that ended on a host, written as it ends, so that a
 * run that was interrupted or died can be gone on with. Titles only: nothing that a command printed.
 */
interface Entry extends FinishedTask {
  readonly host: string;
  /** Number of the play. */
  readonly play: number;
}

/** What a journal holds. */
export interface Journal {
  readonly finished: Resume;
  /** True where every host came to its end without a fault: nothing is left to go on with. */
  readonly complete: boolean;
}

const COMPLETE = JSON.stringify({ complete: true });

const lineOf = (entry: Entry): string => JSON.stringify(entry);

const isEntry = (value: unknown): value is Entry =>
  typeof value === "object" &&
  value !== null &&
  "host" in value &&
  "play" in value &&
  "title" in value &&
  "status" in value;

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    // The last line of a run that died may be cut.
    return undefined;
  }
};

/**
 * Reads a journal; what is not whole is left out, and so is what a host did after a failure, its
 * handlers for one: a run that goes on begins at the failure.
 */
export const readJournal = (text: string): Journal => {
  const finished = new Map<string, Map<number, FinishedTask[]>>();
  const stopped = new Set<FinishedTask[]>();
  const lines = text.split("\n");
  for (const entry of lines.map(parsed).filter(isEntry)) {
    const plays = finished.get(entry.host) ?? new Map<number, FinishedTask[]>();
    const tasks = plays.get(entry.play) ?? [];
    finished.set(entry.host, plays.set(entry.play, tasks));
    if (!isDone(entry.status)) stopped.add(tasks);
    if (!stopped.has(tasks)) tasks.push({ title: entry.title, status: entry.status });
  }
  return { finished, complete: lines.includes(COMPLETE) };
};

/** The lines of a journal that begins with what an earlier run finished. */
export const linesOf = (resume: Resume): readonly string[] =>
  [...resume].flatMap(([host, plays]) =>
    [...plays].flatMap(([play, tasks]) => tasks.map((task) => lineOf({ host, play, ...task }))),
  );

const isFaulty = ({ hosts, interrupted }: Extract<RunEvent, { type: "recap" }>): boolean =>
  interrupted || Object.values(hosts).some(({ failed, unreachable }) => failed + unreachable > 0);

/** Turns a run's events into the lines of its journal. */
export const journalOf = (write: (line: string) => void): Emit => {
  /** Number of the play that each host is in: `serial` takes hosts through plays batch by batch. */
  const playOf = new Map<string, number>();
  const ended = (host: string, title: string, status: TaskStatus): void =>
    write(lineOf({ host, play: playOf.get(host) ?? 0, title, status }));
  let stopped = false;
  return (event) => {
    if (event.type === "play-start") {
      for (const host of event.hosts) playOf.set(host, event.index);
    } else if (event.type === "task-end") ended(event.host, event.task, event.status);
    else if (event.type === "host-end") stopped ||= event.status === "stopped";
    else if (event.type === "recap" && !stopped && !isFaulty(event)) write(COMPLETE);
  };
};
