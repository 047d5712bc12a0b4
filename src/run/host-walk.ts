import { Result } from "../result.ts";
import { knownSecrets } from "../shell/secret-register.ts";
import { type Greeting, UnreachableError } from "../ssh/transport.ts";
import type { Task } from "../task.ts";
import { type Block, type Deferred, type FailedTask, isTask, type TaskItem } from "../task-list.ts";
import { isAsked, runDue } from "./due-task.ts";
import { EarlierRun } from "./earlier-run.ts";
import type { Failure, RunEvent, TaskStatus } from "./events.ts";
import { failureOf } from "./failure.ts";
import { Findings } from "./findings.ts";
import { type Frame, frameOf, isCleanup, isRescued, upcoming } from "./frame.ts";
import type { Finding, HostState } from "./host-state.ts";
import type { PlayRun } from "./play-run.ts";
import type { RunContext } from "./run-context.ts";
import type { TaskOutcome } from "./run-task.ts";
import { chosenRescue, chosenTasks } from "./select-tasks.ts";
import { TaskAnswers } from "./task-answers.ts";

/** Another host failed, and the play says that this ends it for all. */
export class StoppedError extends Error {}

interface WalkOptions {
  readonly host: HostState;
  readonly playRun: PlayRun;
  readonly context: RunContext;
  /** Tasks of later plays, to be read ahead together with these. */
  readonly later: readonly Task[];
  /** Tasks of the play that come before the one to start at. */
  readonly passed: readonly Task[];
}

/** What is to be known of a task when it has ended. */
type Ended = Pick<Task, "title" | "settings">;

/** The start of a task, as it was told. */
interface Start {
  readonly common: Pick<
    Extract<RunEvent, { type: "task-start" }>,
    "play" | "host" | "task" | "index"
  >;
  /** Milliseconds, of performance.now(). */
  readonly at: number;
}

const nameOf = (source: Task | Result<unknown>): string =>
  source instanceof Result ? source.name : source.title;

/** Whether the host goes on with the next task. */
const goesOn = (status: TaskStatus): boolean => status !== "failed" && status !== "rescued";

/** One host's way through one play. */
export class HostWalk {
  readonly #host: HostState;
  readonly #playRun: PlayRun;
  readonly #context: RunContext;
  readonly #later: readonly Task[];
  readonly #answers: TaskAnswers;
  readonly #findings: Findings;
  readonly #earlier: EarlierRun;
  /** Handlers that tasks asked for, by title: however often asked for, a handler runs once. */
  readonly #due = new Map<string, Task>();
  /** How often a title came up so far. */
  readonly #titles = new Map<string, number>();
  /** Number of the next task. */
  #index = 0;
  /** How many tasks the play was last said to have. */
  #total: number;
  #frame: Frame;
  #remaining = 0;
  /** True once the play was over for this host because of another one. */
  #stopped = false;
  /** Why the rescue of the last failure cannot be told. */
  #rescueFault: string | undefined;

  constructor(items: readonly TaskItem[], { host, playRun, context, later, passed }: WalkOptions) {
    this.#host = host;
    this.#playRun = playRun;
    this.#context = context;
    this.#later = later;
    this.#answers = new TaskAnswers(host, context);
    this.#findings = new Findings(host, context, this.#answers);
    for (const task of passed) this.#findings.pass(task, { changed: false });
    this.#earlier = new EarlierRun({ host, playRun, context, findings: this.#findings });
    this.#frame = { ...frameOf(items), at: -1 };
    this.#total = this.remaining;
  }

  /** How many tasks were not reached. */
  get remaining(): number {
    return this.#remaining + upcoming(this.#frame, { always: true }).length;
  }

  /** What the host may be asked as its session opens: about all tasks that are known. */
  greeting(): Greeting | undefined {
    const due = upcoming(this.#frame, { always: true }).filter(({ when }) => when !== false);
    const asked = [...due, ...this.#later].filter((task) =>
      isAsked(task, this.#host, this.#playRun),
    );
    return asked.length === 0 ? undefined : this.#answers.early(asked);
  }

  /**
   * Goes through the items, and the handlers that they ask for, until a task fails.
   *
   * @returns whether all went well
   * @throws UnreachableError, the signal's reason when it is aborted, StoppedError
   */
  async run(): Promise<boolean> {
    const root = this.#frame;
    let well = await this.#walk(root);
    if (well || this.#context.forceHandlers) well = (await this.#flush(root)) && well;
    if (this.#stopped) throw new StoppedError();
    return well;
  }

  async #walk(frame: Frame): Promise<boolean> {
    for (frame.at = 0; frame.at < frame.items.length; frame.at += 1) {
      this.#frame = frame;
      const item = frame.items[frame.at];
      if (item !== undefined && !(await this.#item(item, frame))) {
        // Those are passed by; what always runs is not among them.
        frame.at = frame.items.length;
        return false;
      }
    }
    return true;
  }

  #item(item: TaskItem, frame: Frame): Promise<boolean> {
    if (isTask(item)) return this.#task(item, frame);
    switch (item.kind) {
      case "block":
        return this.#block(item, frame);
      case "deferred":
        return this.#deferred(item, frame);
      case "flush-handlers":
        return this.#flush(frame);
    }
  }

  async #block({ body, rescue, always }: Block, parent: Frame): Promise<boolean> {
    let rescuing: readonly TaskItem[] | undefined;
    const asked = (failed: FailedTask): readonly TaskItem[] | undefined => {
      rescuing = this.#rescue(rescue, failed);
      return rescuing;
    };
    let well = await this.#walk(frameOf(body, { parent, always, rescue: asked }));
    if (!well && rescuing !== undefined) {
      this.#remaining = 0;
      well = await this.#walk(frameOf(rescuing, { parent, always, cleanup: true }));
    }
    return (await this.#walk(frameOf(always, { parent, cleanup: true }))) && well;
  }

  /** What makes up for a failure; `undefined` where that is nothing. */
  #rescue(rescue: Block["rescue"], failed: FailedTask): readonly TaskItem[] | undefined {
    try {
      const items = typeof rescue === "function" ? rescue(failed) : rescue;
      return items && chosenRescue(items, this.#context.selection);
    } catch (error) {
      this.#rescueFault = failureOf(error).message;
      return undefined;
    }
  }

  async #deferred(item: Deferred, parent: Frame): Promise<boolean> {
    let items: readonly TaskItem[] | undefined;
    try {
      items = await this.#told(item, parent);
    } catch (error) {
      if (error instanceof UnreachableError || this.#context.signal.aborted) throw error;
      const title = `after "${item.sources.map(nameOf).join('", "')}"`;
      const outcome = { status: "failed", changes: [], failure: failureOf(error) } as const;
      return goesOn(this.#end({ title }, outcome, parent, this.#start(title)));
    }
    return items === undefined || this.#walk(frameOf(items, { parent }));
  }

  /** The tasks that depend on what others found out; `undefined` where that is not known. */
  async #told(
    { sources, build }: Deferred,
    parent: Frame,
  ): Promise<readonly TaskItem[] | undefined> {
    const findings: Finding[] = [];
    for (const source of sources) {
      const finding = await this.#findings.of(source, this.#ownFollowing(parent));
      if (finding === undefined) {
        this.#unknown(nameOf(source), parent);
        return undefined;
      }
      findings.push(finding);
    }
    const items = build(
      findings.map(({ state }) => state),
      findings.map(({ result }) => result),
    );
    return this.#chosen(items);
  }

  /** Tasks that depend on what is not known are skipped. */
  #unknown(source: string, parent: Frame): void {
    const title = `after "${source}"`;
    if (this.#earlier.passed(title)) {
      this.#index += 1;
      return;
    }
    const reason = `known only when "${source}" has run`;
    this.#end({ title }, { status: "skipped", changes: [], reason }, parent, this.#start(title));
  }

  /** Runs the handlers that are due, and those that they ask for in turn, each one once. */
  async #flush(parent: Frame): Promise<boolean> {
    const ran = new Set<string>();
    for (;;) {
      const handlers = [...this.#due.values()].filter(({ title }) => !ran.has(title));
      this.#due.clear();
      if (handlers.length === 0) return true;
      for (const { title } of handlers) ran.add(title);
      const cleanup = this.#context.forceHandlers;
      if (!(await this.#walk(frameOf(handlers, { parent, cleanup })))) return false;
    }
  }

  async #task(task: Task, frame: Frame): Promise<boolean> {
    if (this.#playRun.fatal && !isCleanup(frame)) {
      this.#stopped = true;
      this.#remaining = upcoming(frame, { always: false }).length + 1;
      return false;
    }
    const key = this.#key(task);
    const left = await this.#earlier.leaves(task, key, this.#ownFollowing(frame));
    if (left.kind === "nothing") {
      this.#index += 1;
      if (left.changed) this.#notify(task);
      return true;
    }
    const start = this.#start(task.title);
    const outcome = left.kind === "fault" ? left.outcome : await this.#run(task, key, frame);
    const status = this.#end(task, outcome, frame, start);
    if (status === "changed") this.#notify(task);
    return goesOn(status);
  }

  #start(task: string): Start {
    const common = {
      play: this.#playRun.play.name,
      host: this.#host.name,
      task,
      index: this.#next(),
    };
    this.#context.emit({ type: "task-start", ...common });
    return { common, at: performance.now() };
  }

  /** Tells how a task ended, and what that means for the host. */
  #end(task: Ended, outcome: TaskOutcome, frame: Frame, { common, at }: Start): TaskStatus {
    const status = this.#statusOf(task, outcome, frame);
    this.#host.counts[status] += 1;
    const { changes, report, reason } = outcome;
    const failure = outcome.failure && this.#withFault(outcome.failure);
    this.#context.emit({
      type: "task-end",
      ...common,
      status,
      changes,
      ...(report !== undefined && { report }),
      ...(failure !== undefined && { failure }),
      ...(reason !== undefined && { reason }),
      ms: Math.round(performance.now() - at),
    });
    if (status === "rescued") this.#remaining = 0;
    if (status === "failed") this.#failed(frame);
    return status;
  }

  async #run(task: Task, key: string, frame: Frame): Promise<TaskOutcome> {
    const due = {
      task,
      host: this.#host,
      playRun: this.#playRun,
      context: this.#context,
      answers: this.#answers,
      key,
      following: this.#following(frame),
      later: this.#later,
    };
    return this.#findings.keep(task, await runDue(due));
  }

  /** The host failed by itself, even if another one had ended the play. */
  #failed(frame: Frame): void {
    // In what cleans up, what was left out before still is.
    this.#remaining = Math.max(this.#remaining, upcoming(frame, { always: false }).length);
    this.#stopped = false;
    this.#playRun.failed();
  }

  /** Tasks that may be asked about together with one. */
  #following(frame: Frame): readonly Task[] {
    return upcoming(frame, { always: true }).filter((next) => next.when !== false);
  }

  /** Those of them that the host itself is asked about. */
  #ownFollowing(frame: Frame): readonly Task[] {
    return this.#following(frame).filter((next) => isAsked(next, this.#host, this.#playRun));
  }

  #statusOf(task: Ended, { status, failure }: TaskOutcome, frame: Frame): TaskStatus {
    if (status !== "failed") return status;
    if (task.settings?.ignoreErrors) return "ignored";
    const message = knownSecrets.mask(failure?.message ?? "");
    return isRescued(frame, { title: task.title, message }) ? "rescued" : "failed";
  }

  /** A failure, and why nothing makes up for it where a rescue cannot be told. */
  #withFault(failure: Failure): Failure {
    const fault = this.#rescueFault;
    this.#rescueFault = undefined;
    if (fault === undefined) return failure;
    return { ...failure, message: `${failure.message}\nand its rescue cannot be told: ${fault}` };
  }

  #notify(task: Task): void {
    for (const handler of task.handlers ?? []) this.#due.set(handler.title, handler);
  }

  #chosen(items: readonly TaskItem[]): readonly TaskItem[] {
    return chosenTasks(items, this.#context.selection);
  }

  /** The task's title, and how often it came up before. */
  #key({ title }: Task): string {
    const before = this.#titles.get(title) ?? 0;
    this.#titles.set(title, before + 1);
    return `${before}\0${title}`;
  }

  /** The next task's number; says so where the play turns out to have another number of tasks. */
  #next(): number {
    const index = this.#index;
    const total = index + 1 + upcoming(this.#frame, { always: true }).length;
    if (total !== this.#total) {
      this.#total = total;
      this.#context.emit({ type: "host-tasks", host: this.#host.name, tasks: total });
    }
    this.#index += 1;
    return index;
  }
}
