import { Result } from "../result.ts";
import { knownSecrets } from "../shell/secret-register.ts";
import type { Greeting } from "../ssh/transport.ts";
import type { Task } from "../task.ts";
import { type Block, type Deferred, type FailedTask, isTask, type TaskItem } from "../task-list.ts";
import { isAsked, runDue } from "./due-task.ts";
import type { TaskStatus } from "./events.ts";
import { Findings } from "./findings.ts";
import { type Frame, frameOf, isCleanup, isRescued, upcoming } from "./frame.ts";
import type { Finding, HostState } from "./host-state.ts";
import type { PlayRun } from "./play-run.ts";
import { Finished } from "./resume.ts";
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

/** One host's way through one play. */
export class HostWalk {
  readonly #host: HostState;
  readonly #playRun: PlayRun;
  readonly #context: RunContext;
  readonly #later: readonly Task[];
  readonly #answers: TaskAnswers;
  readonly #findings: Findings;
  readonly #finished: Finished;
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

  constructor(items: readonly TaskItem[], { host, playRun, context, later, passed }: WalkOptions) {
    this.#host = host;
    this.#playRun = playRun;
    this.#context = context;
    this.#later = later;
    this.#answers = new TaskAnswers(host, context);
    this.#findings = new Findings(host, context, this.#answers);
    for (const task of passed) this.#findings.pass(task, { changed: false });
    this.#finished = new Finished(context.resume?.get(host.name)?.get(playRun.index));
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
      const items = typeof rescue === "function" ? rescue(failed) : rescue;
      rescuing = items && chosenRescue(items, this.#context.selection);
      return rescuing;
    };
    let well = await this.#walk(frameOf(body, { parent, always, rescue: asked }));
    if (!well && rescuing !== undefined) {
      this.#remaining = 0;
      well = await this.#walk(frameOf(rescuing, { parent, always, cleanup: true }));
    }
    return (await this.#walk(frameOf(always, { parent, cleanup: true }))) && well;
  }

  async #deferred({ sources, build }: Deferred, parent: Frame): Promise<boolean> {
    const findings: Finding[] = [];
    for (const source of sources) {
      const following = upcoming(parent, { always: true });
      const finding = await this.#findings.of(source, following);
      if (finding === undefined) return this.#unknown(source);
      findings.push(finding);
    }
    const items = build(
      findings.map(({ state }) => state),
      findings.map(({ result }) => result),
    );
    return this.#walk(frameOf(this.#chosen(items), { parent }));
  }

  /** Tasks that depend on what is not known are skipped. */
  #unknown(source: Task | Result<unknown>): boolean {
    const name = source instanceof Result ? source.name : source.title;
    const index = this.#next();
    const common = {
      play: this.#playRun.play.name,
      host: this.#host.name,
      task: `after "${name}"`,
      index,
    };
    const reason = `known only when "${name}" has run`;
    this.#context.emit({ type: "task-start", ...common });
    this.#host.counts.skipped += 1;
    this.#context.emit({
      type: "task-end",
      ...common,
      status: "skipped",
      changes: [],
      reason,
      ms: 0,
    });
    return true;
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
    const { emit } = this.#context;
    const host = this.#host;
    if (this.#playRun.fatal && !isCleanup(frame)) {
      this.#stopped = true;
      this.#remaining = upcoming(frame, { always: false }).length + 1;
      return false;
    }
    const key = this.#key(task);
    const following = upcoming(frame, { always: true }).filter((next) => next.when !== false);
    if (await this.#isFinished(task, key, following)) return true;
    const index = this.#next();
    const common = { play: this.#playRun.play.name, host: host.name, task: task.title, index };
    emit({ type: "task-start", ...common });
    const began = performance.now();
    const outcome = this.#findings.keep(
      task,
      await runDue({
        task,
        host,
        playRun: this.#playRun,
        context: this.#context,
        answers: this.#answers,
        key,
        following,
        later: this.#later,
      }),
    );
    const failed: FailedTask = {
      title: task.title,
      message: knownSecrets.mask(outcome.failure?.message ?? ""),
    };
    const status = this.#statusOf(task, outcome, () => isRescued(frame, failed));
    host.counts[status] += 1;
    const { changes, report, failure, reason } = outcome;
    emit({
      type: "task-end",
      ...common,
      status,
      changes,
      ...(report !== undefined && { report }),
      ...(failure !== undefined && { failure }),
      ...(reason !== undefined && { reason }),
      ms: Math.round(performance.now() - began),
    });
    if (status === "changed") this.#notify(task);
    if (status !== "failed" && status !== "rescued") return true;
    this.#remaining = status === "failed" ? upcoming(frame, { always: false }).length : 0;
    if (status === "failed") this.#playRun.failed();
    return false;
  }

  #statusOf(task: Task, { status }: TaskOutcome, rescued: () => boolean): TaskStatus {
    if (status !== "failed") return status;
    if (task.settings?.ignoreErrors) return "ignored";
    return rescued() ? "rescued" : "failed";
  }

  #notify(task: Task): void {
    for (const handler of task.handlers ?? []) this.#due.set(handler.title, handler);
  }

  /** Whether an earlier run did the task, and what it found out is known or needed by nobody. */
  async #isFinished(task: Task, key: string, following: readonly Task[]): Promise<boolean> {
    const status = this.#finished.take(knownSecrets.mask(task.title));
    if (status === undefined) return false;
    if (status === "changed") this.#notify(task);
    if (status === "ok" || status === "changed") {
      this.#findings.pass(task, { changed: status === "changed" });
      const wanted = task.registers !== undefined;
      if (wanted && !(await this.#findings.keepLeft(task, following))) {
        this.#finished.end();
        return false;
      }
    }
    if (task.settings?.once) await this.#finishedOnce(task, key, status);
    this.#index += 1;
    return true;
  }

  /** What an earlier run did once for all: the host that did it tells the others what it left. */
  async #finishedOnce(task: Task, key: string, status: TaskStatus): Promise<void> {
    const { name, findings } = this.#host;
    const { once } = this.#playRun;
    const elsewhere = status === "skipped" && task.when !== false;
    const done = elsewhere ? await once.turn(name, key, this.#context.signal) : undefined;
    if (done !== undefined) {
      this.#findings.keep(task, { ...done.outcome, status: "skipped" });
      return;
    }
    const state = findings.get(task.origin ?? task)?.state;
    once.done(key, { by: name, outcome: { status: "ok", changes: [], state } });
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
