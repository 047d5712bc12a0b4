import type { Greeting, Session } from "../ssh/transport.ts";
import type { Task } from "../task.ts";
import { connect } from "./connect.ts";
import type { Delegate } from "./delegates.ts";
import type { Answer, HostState } from "./host-state.ts";
import { onHost } from "./on-host.ts";
import { readAhead } from "./read-ahead.ts";
import { Reading } from "./reading.ts";
import type { RunContext } from "./run-context.ts";

/** What a host is asked as its session opens. */
interface EarlyReading {
  readonly reading: Reading;
  readonly tasks: readonly Task[];
  /** How many changes the run had made before. */
  readonly asOf: number;
  /** True once a task waits for it. */
  isWanted: boolean;
}

/**
 * What a host's tasks were answered: by the host itself, read ahead for all tasks, and by the hosts
 * that tasks are delegated to.
 */
export class TaskAnswers {
  readonly #host: HostState;
  readonly #context: RunContext;
  readonly #delegated = new Map<Task, { readonly answer: Answer; readonly asOf: number }>();
  #early: EarlyReading | undefined;

  constructor(host: HostState, context: RunContext) {
    this.#host = host;
    this.#context = context;
  }

  /** Asks about tasks together with the opening of the session, which takes no trip of its own. */
  early(tasks: readonly Task[]): Greeting {
    const { changesMade } = this.#context;
    const onProbe = (task: Task): void => {
      if (early.isWanted) this.#onProbe(task);
    };
    const reading = new Reading(tasks, this.#host.remote, onProbe);
    const early: EarlyReading = { reading, tasks, asOf: changesMade, isWanted: false };
    this.#early = early;
    return reading;
  }

  /**
   * The host's answer to a task: one read ahead, otherwise the host is asked now, for this task and
   * all that follow.
   */
  async own(task: Task, following: readonly Task[]): Promise<Answer> {
    const host = this.#host;
    const known = host.answers.get(task);
    if (known !== undefined) return known;
    const { emit, signal, changesMade } = this.#context;
    const tasks = [task, ...following];
    const { remote } = host;
    const answers = await onHost(remote, this.#context, (session) => {
      const early = this.#takeEarly(task, session);
      const asked = early?.tasks ?? tasks;
      emit({ type: "probe", host: host.name, tasks: asked.length });
      if (early) return early.reading.answers(early.running);
      const onProbe = this.#onProbe.bind(this);
      return readAhead(tasks, { remote, session, signal, onProbe });
    });
    this.keepOwn(answers, changesMade);
    return host.answers.get(task) ?? new Error(`the probe of "${task.title}" gave no answer`);
  }

  /** @param asOf how many changes the run had made when they were asked for; default: up to now */
  keepOwn(answers: ReadonlyMap<Task, Answer>, asOf = this.#context.changesMade): void {
    this.#host.answers = answers;
    this.#host.answersAsOf = asOf;
  }

  /** The task is to be asked about again, and with it all that follow. */
  forget(task: Task): void {
    this.#delegated.delete(task);
    this.forgetOwn();
  }

  /** Something has changed elsewhere that the host may see: it will be asked again. */
  forgetOwn(): void {
    this.#early = undefined;
    this.#host.answers = new Map();
  }

  /** The answer of a host that the task is delegated to: it holds while nobody changes anything. */
  async delegated(task: Task, following: readonly Task[], { remote }: Delegate): Promise<Answer> {
    const known = this.#delegated.get(task);
    const { changesMade, signal } = this.#context;
    if (known !== undefined && known.asOf === changesMade) return known.answer;
    const session = await connect(remote, this.#context);
    const answers = await readAhead([task, ...following], {
      remote,
      session,
      signal,
      onProbe: () => {},
    });
    this.keepDelegated(answers, changesMade);
    return answers.get(task) ?? new Error(`the probe of "${task.title}" gave no answer`);
  }

  /** What the host was asked as its session opened, where that still tells of the task. */
  #takeEarly(task: Task, { greeting: running }: Session) {
    const early = this.#early;
    this.#early = undefined;
    if (early === undefined || running === undefined || !early.tasks.includes(task))
      return undefined;
    if (early.asOf !== this.#context.changesMade) return undefined;
    early.isWanted = true;
    return { ...early, running };
  }

  #onProbe({ title }: Task): void {
    this.#context.emit({ type: "probe-task", host: this.#host.name, task: title });
  }

  /** @param asOf how many changes the run had made when they were asked for; default: up to now */
  keepDelegated(answers: ReadonlyMap<Task, Answer>, asOf = this.#context.changesMade): void {
    for (const [task, answer] of answers) this.#delegated.set(task, { answer, asOf });
  }
}
