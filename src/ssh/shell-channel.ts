import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { CommandResult } from "../task.ts";
import { refusedWithin } from "./become-refusal.ts";
import { holderOf } from "./host-lock.ts";
import { type LossReason, lostError, stillRuns } from "./lost-error.ts";
import { type Marker, MarkerParser } from "./marker-parser.ts";
import { ScriptRun } from "./script-run.ts";
import type { ShellOpening } from "./shell-opening.ts";
import { onTheWire, type ScriptStep, script } from "./shell-script.ts";
import type { StreamName } from "./step-output.ts";
import {
  CommandTimeoutError,
  HostBusyError,
  type Session,
  type StepListener,
} from "./transport.ts";

/** The three streams of a shell, wherever it runs. */
export interface ShellPipe {
  write(text: string): void;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

export interface ShellOptions {
  readonly opening: ShellOpening;
  /** Address and port, for messages. */
  readonly where: string;
  /** Ends all processes below the one with this number, on the host. Resolves with those that are still there. */
  kill(pid: number): Promise<readonly number[]>;
}

/** What a shell tells of itself. */
export interface ShellHello {
  readonly pid: number;
  /** As the shell prints it: `0022`. */
  readonly umask: string;
}

/** Milliseconds that a script may take to end once its commands have been killed. */
const KILLED_SCRIPT_MS = 5_000;

/** Bytes of what a shell says before it answers that are kept for a message. */
const NOISE_BYTES = 1_000;

type RunOptions = { listener?: StepListener; signal?: AbortSignal };
type Results = Awaited<ReturnType<Session["run"]>>;

/** Whether the promise resolves within so many milliseconds. */
const within = async (ms: number, promise: Promise<void>): Promise<boolean> => {
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  const inTime = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return inTime;
};

/** One open shell that runs scripts, one after the other, each in one round trip. */
export class ShellChannel {
  /** Scripts sent so far. */
  trips = 0;
  /** What the shell tells of itself, once it has answered and has the host's lock. Rejects where it is lost before. */
  readonly hello: Promise<ShellHello>;
  readonly #pipe: ShellPipe;
  readonly #options: ShellOptions;
  #hello: ShellHello | undefined;
  #onHello: (hello: ShellHello) => void = () => {};
  #onLoss: (error: Error) => void = () => {};
  #noise = "";
  #active: ScriptRun | undefined;
  #loss: LossReason | undefined;
  #busy: HostBusyError | undefined;
  /** Rejects what waits in the active run. */
  #abandon: ((error: Error) => void) | undefined;
  /** Ends with the newest run; one script at a time is on the channel. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(pipe: ShellPipe, options: ShellOptions) {
    this.#pipe = pipe;
    this.#options = options;
    this.hello = new Promise((resolve, reject) => {
      this.#onHello = resolve;
      this.#onLoss = reject;
    });
    // Mostly nobody waits for it.
    this.hello.catch(() => {});
    const { opening } = options;
    for (const name of ["stdout", "stderr"] as const) {
      const parser = new MarkerParser(opening.nonce, {
        data: (bytes) => this.#data(name, bytes),
        marker: (marker) => this.#marker(name, marker),
      });
      pipe[name].on("data", (bytes: Buffer) => parser.push(bytes));
    }
    if (!opening.isSent) pipe.write(opening.text);
    opening.isSent = true;
  }

  /** Whether the shell has answered its first script. */
  get answered(): boolean {
    return this.#hello !== undefined;
  }

  /** What came before the shell's first answer, such as "This account is not available". */
  get noise(): string {
    return this.answered ? "" : this.#noise.trim();
  }

  /** See {@link Session.run}. */
  run(steps: readonly ScriptStep[], options: RunOptions = {}): Promise<Results> {
    return this.#inTurn(steps, options, (number) =>
      this.#pipe.write(onTheWire(script(number, steps))),
    );
  }

  /** What the steps of the opening's greeting come to. To be called before anything is run. */
  greet(greeting: readonly ScriptStep[], options: RunOptions = {}): Promise<Results> {
    return this.#inTurn(greeting, options, () => {});
  }

  /** The shell is gone: the run under way and all later ones reject. The first reason counts. */
  lose(reason: LossReason): void {
    if (this.#loss) return;
    this.#loss = reason;
    const command = this.#active?.current?.command;
    this.#active?.stop();
    const error = lostError(this.#options.where, reason, command);
    this.#abandon?.(error);
    this.#onLoss(error);
  }

  #inTurn(
    steps: readonly ScriptStep[],
    options: RunOptions,
    send: (number: number) => void,
  ): Promise<Results> {
    const turn = this.#queue.then(() => this.#run(steps, options, send));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #run(
    steps: readonly ScriptStep[],
    { listener, signal }: RunOptions,
    send: (number: number) => void,
  ): Promise<Results> {
    signal?.throwIfAborted();
    if (this.#busy) throw this.#busy;
    if (this.#loss) throw lostError(this.#options.where, this.#loss, steps[0]?.command);
    if (steps.length === 0) return [];
    const number = this.trips + 1;
    const run = new ScriptRun({ number, steps, listener });
    const lost = new Promise<never>((_, reject) => {
      this.#abandon = reject;
    });
    let onAbort: () => void = () => {};
    const aborted = new Promise<void>((resolve) => {
      onAbort = resolve;
    });
    signal?.addEventListener("abort", onAbort);
    this.#active = run;
    this.trips = number;
    try {
      send(number);
      run.start();
      const interruption = await Promise.race([
        run.done,
        run.timedOut.then((index) => () => timeoutError(run, steps, index)),
        aborted.then(() => () => signal?.reason),
        lost,
      ]);
      if (!interruption) {
        if (run.refused) throw refusedWithin(run.refused);
        return run.results;
      }
      await Promise.race([this.#end(run), lost]);
      throw interruption();
    } finally {
      signal?.removeEventListener("abort", onAbort);
      run.stop();
      this.#active = undefined;
      this.#abandon = undefined;
    }
  }

  /** Kills what runs on the host and lets the rest of the script be skipped. Gives the shell up where that fails. */
  async #end(run: ScriptRun): Promise<void> {
    run.stop();
    const command = run.current?.command;
    // Before it has begun, the shell would forget that it is to skip the rest.
    const begun = await within(KILLED_SCRIPT_MS, run.begun);
    if (!begun || this.#hello === undefined) {
      return this.lose(stillRuns(command, "the host does not answer"));
    }
    try {
      const left = await this.#options.kill(this.#hello.pid);
      if (left.length > 0) this.lose(stillRuns(command, `process ${left.join(", ")} is left`));
    } catch (error) {
      this.lose(stillRuns(command, (error as Error).message));
    }
    const ended = await within(KILLED_SCRIPT_MS, run.done);
    if (!ended) this.lose(stillRuns(command, "the shell does not go on"));
  }

  #data(stream: StreamName, bytes: Buffer): void {
    if (!this.answered && this.#noise.length < NOISE_BYTES) {
      this.#noise += bytes.toString("utf8", 0, NOISE_BYTES);
    }
    this.#active?.data(stream, bytes);
  }

  /** Another run holds the host: the script that came with the opening has only read, and counts for nothing. */
  #busyWith(value: string): HostBusyError | undefined {
    const holder = holderOf(value);
    if (holder === undefined) return undefined;
    const error = new HostBusyError(this.#options.where, holder);
    this.#active?.stop();
    this.#abandon?.(error);
    return error;
  }

  #marker(stream: StreamName, marker: Marker): void {
    if (marker.key === "hello") {
      const [pid, umask = ""] = marker.value.split(" ");
      this.#hello = { pid: Number(pid), umask };
      if (!this.#options.opening.hasLock) this.#onHello(this.#hello);
    } else if (marker.key === "lock") {
      this.#busy ??= this.#busyWith(marker.value);
      if (this.#busy) this.#onLoss(this.#busy);
      else if (this.#hello) this.#onHello(this.#hello);
    } else if (marker.run === this.#active?.number) {
      this.#active.marker(stream, marker);
    }
  }
}

const timeoutError = (
  run: ScriptRun,
  steps: readonly ScriptStep[],
  index: number,
): CommandTimeoutError => {
  const killed: CommandResult = { stdout: "", stderr: "", exitCode: 143, truncated: false };
  return new CommandTimeoutError(steps[index]?.timeoutMs ?? 0, run.results[index] ?? killed, index);
};
