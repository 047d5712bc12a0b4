import type { Registration } from "./result.ts";
import type { Command } from "./shell/command.ts";
import type { TaskSettings } from "./task-settings.ts";

/** What a command left behind. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit status, 128 + n where signal n ended the command. */
  readonly exitCode: number;
  /** True where output went past the capture bound and its middle is missing. */
  readonly truncated: boolean;
}

/** A read-only command that tells the present state, and the pure function that reads its answer. */
export interface Probe<State> {
  readonly command: Command;
  /** Turns the answer into the state. Throws where the answer cannot be understood: never guess. */
  parse(result: CommandResult): State;
}

/** A text before and after a change, for `--diff`. */
export interface Diff {
  /** What is compared: a path, "firewall rules", ... */
  readonly subject: string;
  readonly before: string;
  readonly after: string;
}

/** A local file that is to come from a host. */
export interface ReceivedFile {
  /** Its path, from the working directory of weft or absolute; a missing folder is made. */
  readonly file: string;
  /** Permission bits. Default: 0o644. */
  readonly mode?: number;
  /** How long it will be, as far as is known; for the progress. */
  readonly bytes?: number;
}

/** One command that moves the host, with a summary and, where it has one, a diff. */
export interface Change {
  /** Imperative and short: "install openvswitch3.1", "add tunnel to lab-2". */
  readonly summary: string;
  readonly command: Command;
  readonly diff?: Diff;
  /** A local file that the command reads on its standard input, such as an image archive. */
  readonly stdin?: { readonly file: string };
  /**
   * A local file that holds what the command prints on its standard output, such as a log to look at.
   * It is put in its place when all of it has arrived and the command has exited with 0.
   */
  readonly stdout?: ReceivedFile;
  /**
   * True where the command may cut the connection it came over, as moving the host's address does.
   * The host is then reached again, for a minute, and its own answer tells whether the change took.
   *
   * "boots": the command boots the host and ends only with its connection. The host is then reached
   * again for ten minutes, and what it says counts under another boot id only.
   */
  readonly mayDisconnect?: boolean | "boots";
}

/** A declarative task: how to learn the state, and what to do about it. */
export interface Task<State = unknown> {
  readonly title: string;
  readonly probe: Probe<State>;
  /**
   * Pure: from the state to the changes still needed, in order. An empty list means that the host
   * is as declared. Throws a {@link TaskError} where the state can't be mended by this task.
   */
  plan(now: State): readonly Change[];
  /** Text to show with the task's end, such as a table of what was measured; may be none. Pure. */
  report?(now: State): string | undefined;
  /** How long one command of this task may take, in milliseconds. Default: 10 minutes. */
  readonly timeoutMs?: number;
  /** Names to choose it by, with `--tags` and `--skip-tags`. See `tagged()`. */
  readonly tags?: readonly string[];
  /** False: the task is skipped, and counted as such. See `when()`. */
  readonly when?: boolean;
  /** Tasks that run once, at the end of the play, if this one changed something. See `onChange()`. */
  readonly handlers?: readonly Task[];
  /**
   * True where a change is an act that leaves nothing to see, so that it is due at every run.
   * Its exit status then has the last word, instead of the second answer's plan.
   */
  readonly unverified?: boolean;
  /**
   * What somebody at the terminal is to read, and answer with Enter, before the changes are made. Asked
   * once for all hosts of a play that have a task of this title; never in check mode.
   */
  readonly acknowledge?: string;
  /** How the engine goes about it. See settings.ts. */
  readonly settings?: TaskSettings;
  /** Results that it fills. See `register()`. */
  readonly registers?: readonly Registration[];
  /** The task that this is a refined copy of: by it, its result is found. */
  readonly origin?: Task;
}

/** A fault that a task explains itself; its message is for the user, its hint says what to try. */
export class TaskError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "TaskError";
    this.hint = options.hint;
  }
}

/** Declares a task. Keeps the type of its state, so that a test can call `plan(state)`. */
export const task = <State>(definition: Task<State>): Task<State> => definition;

/** A list of one change where it is needed and of none where it is not: made to be spread into a plan. */
export const change = (
  needed: boolean,
  summary: string,
  command: Command,
  more: Omit<Change, "summary" | "command"> = {},
): readonly Change[] => (needed ? [{ summary, command, ...more }] : []);
