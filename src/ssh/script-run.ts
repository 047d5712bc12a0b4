import type { CommandResult } from "../task.ts";
import type { Marker } from "./marker-parser.ts";
import type { ScriptStep } from "./shell-script.ts";
import { StepOutput, type StreamName } from "./step-output.ts";
import type { StepListener } from "./transport.ts";

/** Node fires a longer timer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One step while its script runs. */
interface Progress {
  readonly output: StepOutput;
  /** Lines that came before the step before it was over on both streams. */
  readonly early: string[];
  readonly status: { stdout: string | undefined; stderr: string | undefined };
  started: boolean;
  /** Its user could not be become: it has not run, and what was printed is not its answer. */
  refused: boolean;
}

/** A step that has not run because its user could not be become. */
export interface RefusedStep {
  readonly index: number;
  readonly user: string;
  /** What su said. */
  readonly said: string;
}

const deferred = <T>(): [promise: Promise<T>, resolve: (value: T) => void] => {
  let settle: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return [promise, settle];
};

export interface ScriptRunOptions {
  readonly number: number;
  readonly steps: readonly ScriptStep[];
  readonly listener: StepListener | undefined;
}

/**
 * Follows one script through the shell's two streams, which are not ordered relative to each
 * other: a step is over when its marker has come on both.
 */
export class ScriptRun {
  readonly results: (CommandResult | undefined)[] = [];
  /** Resolves when the shell has begun with the script. */
  readonly begun: Promise<void>;
  /** Resolves when all steps are over. */
  readonly done: Promise<void>;
  /** Resolves with the index of the first step that has run for its time. */
  readonly timedOut: Promise<number>;
  readonly #options: ScriptRunOptions;
  readonly #progress: readonly Progress[];
  /** The step that each stream is at; -1 before the script's first marker. */
  readonly #at = { stdout: -1, stderr: -1 };
  readonly #hasBegun: () => void;
  readonly #isDone: () => void;
  readonly #isLate: (index: number) => void;
  #current = 0;
  #stopping = false;
  #refused: RefusedStep | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ScriptRunOptions) {
    const { steps, listener } = options;
    this.#options = options;
    [this.begun, this.#hasBegun] = deferred<void>();
    [this.done, this.#isDone] = deferred<void>();
    [this.timedOut, this.#isLate] = deferred<number>();
    this.#progress = steps.map(({ command }, index) => {
      const onLine = listener?.onLine && ((line: string) => this.#line(index, line));
      return {
        output: new StepOutput(command.secrets, onLine),
        early: [],
        status: { stdout: undefined, stderr: undefined },
        started: false,
        refused: false,
      };
    });
  }

  get number(): number {
    return this.#options.number;
  }

  /** The step under way. */
  get current(): ScriptStep | undefined {
    return this.#options.steps[this.#current];
  }

  /** The first step whose user could not be become. */
  get refused(): RefusedStep | undefined {
    return this.#refused;
  }

  /** The script was sent. */
  start(): void {
    this.#begin();
  }

  /** The rest will be skipped: a step that does not report as skipped still counts as run. */
  stop(): void {
    this.#stopping = true;
    clearTimeout(this.#timer);
  }

  data(stream: StreamName, bytes: Buffer): void {
    // What comes before the first marker is not of this script.
    this.#progress[this.#at[stream]]?.output.push(stream, bytes);
  }

  marker(stream: StreamName, { key, value }: Marker): void {
    if (key === "begin") {
      this.#at[stream] = 0;
      this.#hasBegun();
      return;
    }
    if (key === "refused") {
      const refused = this.#progress[Number(value)];
      if (refused) refused.refused = true;
      return;
    }
    const step = this.#progress[Number(key)];
    if (!step) return;
    step.output.end(stream);
    step.status[stream] = value;
    this.#at[stream] = Number(key) + 1;
    this.#advance();
  }

  #advance(): void {
    for (;;) {
      const step = this.#progress[this.#current];
      if (!step || step.status.stdout === undefined || step.status.stderr === undefined) return;
      const { listener, steps } = this.#options;
      const index = this.#current;
      const skipped = step.status.stdout === "-";
      clearTimeout(this.#timer);
      const result = skipped ? undefined : step.output.result(Number(step.status.stdout));
      if (step.refused) {
        const user = steps[index]?.within?.user ?? "";
        this.#refused ??= { index, user, said: result?.stderr ?? "" };
        this.results[index] = undefined;
      } else {
        if (!skipped) this.#open(index, step);
        this.results[index] = result;
        listener?.onResult?.(index, result);
      }
      this.#current += 1;
      if (steps[index]?.mustSucceed && result?.exitCode !== 0) this.stop();
      if (this.#current === steps.length) this.#isDone();
      else this.#begin();
    }
  }

  #begin(): void {
    const step = this.#progress[this.#current];
    if (!step || this.#stopping) return;
    const index = this.#current;
    const timeoutMs = Math.min(this.#options.steps[index]?.timeoutMs ?? 0, LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.#isLate(index), timeoutMs);
    this.#open(index, step);
  }

  #open(index: number, step: Progress): void {
    const { listener } = this.#options;
    if (!step.started) listener?.onStart?.(index);
    step.started = true;
    for (const line of step.early.splice(0)) listener?.onLine?.(index, line);
  }

  #line(index: number, line: string): void {
    const step = this.#progress[index];
    if (step?.started) this.#options.listener?.onLine?.(index, line);
    else step?.early.push(line);
  }
}
