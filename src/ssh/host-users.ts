import { type Become, isUserName } from "../become.ts";
import type { CommandResult } from "../task.ts";
import { BecomeChannels, type BecomeChannelsOptions } from "./become-channels.ts";
import { type ChannelEnd, type CommandChannel, channelEnd } from "./exec-channel.ts";
import { lingerLine } from "./host-lock.ts";
import { killBelow } from "./kill-below.ts";
import { type LossReason, lostError } from "./lost-error.ts";
import { scriptParts } from "./script-parts.ts";
import { ShellChannel } from "./shell-channel.ts";
import { ShellOpening } from "./shell-opening.ts";
import { type ScriptStep, SHELL_COMMAND } from "./shell-script.ts";
import {
  BecomeError,
  CommandTimeoutError,
  type Greeting,
  type Session,
  type Step,
  type StepListener,
} from "./transport.ts";
import { untilAborted } from "./until-aborted.ts";
import { loginPreparation, preparationWithin, userPreparation } from "./user-preparation.ts";

export interface HostUsersOptions extends BecomeChannelsOptions {
  /** The channel of the shell of the user who logged in. */
  readonly channel: CommandChannel;
  /** What that shell is told first. */
  readonly opening: ShellOpening;
  /** Other users start in their home directories, as the one who logs in does; else where weft is. */
  readonly atHome: boolean;
}

type Results = Awaited<ReturnType<Session["run"]>>;
interface RunOptions {
  readonly listener?: StepListener;
  readonly signal?: AbortSignal;
}

const ROOT = "root";

const describe = (end: ChannelEnd): string => {
  if (end.kind === "exit") return `exit status ${end.code}`;
  return end.kind === "signal" ? `killed by ${end.name}` : "the server ended the channel";
};

const checkName = (user: string): void => {
  if (!isUserName(user)) {
    throw new BecomeError(`"${user}" is no user name`, { hint: "check becomeUser" });
  }
};

/**
 * The users of one host that a session's commands run as: the one who logged in, with the shell
 * that is open, and others, each with a shell that is opened at the first need and kept.
 *
 * Once a shell of root is there, it runs whole scripts, whatever users their steps are for: one
 * round trip, for root becomes anyone without being asked.
 */
export class HostUsers {
  /** Of the user who logged in. */
  readonly shell: ShellChannel;
  readonly #options: HostUsersOptions;
  readonly #channels: BecomeChannels;
  /** By method and user; what could not be opened is not tried again, lest the account be locked. */
  readonly #opening = new Map<string, Promise<ShellChannel>>();
  readonly #opened: ShellChannel[] = [];
  readonly #openedChannels: CommandChannel[] = [];
  /** Scripts that went with the opening. */
  #greetings = 0;
  #loss: LossReason | undefined;

  constructor(options: HostUsersOptions) {
    const { channel, where, open, opening } = options;
    this.#options = options;
    this.#channels = new BecomeChannels(options);
    this.shell = new ShellChannel(
      { write: (text) => void channel.write(text), stdout: channel.stdout, stderr: channel.stderr },
      { where, opening, kill: (pid) => killBelow((command) => open(command), pid) },
    );
  }

  /**
   * Asks something as the shell opens, without waiting for its first answer: it costs no trip of
   * its own.
   */
  greet(greeting: Greeting | undefined, signal?: AbortSignal): Promise<Results> | undefined {
    if (greeting === undefined) return undefined;
    const { steps, listener } = greeting;
    const options = { ...(listener && { listener }), ...(signal && { signal }) };
    const { greeting: sent } = this.#options.opening;
    this.#greetings += 1;
    const answers = sent === undefined ? this.run(steps, options) : this.shell.greet(sent, options);
    // Whoever wants to know hears of a fault as well.
    answers.catch(() => {});
    return answers;
  }

  /** Scripts sent so far, to all shells, but for the greeting. */
  get trips(): number {
    const all = this.#opened.reduce((sum, { trips }) => sum + trips, this.shell.trips);
    return all - this.#greetings;
  }

  /** Opens another user's shell before it is needed. What comes of it shows at the need. */
  prepare(become: Become): void {
    if (this.#other(become)) this.#shellOf(become).catch(() => {});
  }

  /** See {@link Session.run}. */
  async run(steps: readonly Step[], options: RunOptions = {}): Promise<Results> {
    const others = steps.flatMap(({ become }) => this.#other(become) ?? []);
    if (others.length === 0) return this.shell.run(steps, options);
    // Where another run has the host, its own shell alone hears of it.
    const [root] = await Promise.all([
      this.#rootShell(others, options.signal),
      untilAborted(this.shell.hello, options.signal),
    ]);
    if (root === undefined) return this.#runParts(steps, options);
    const inRoot = await this.#inRoot(steps);
    return root.run(inRoot, options);
  }

  /**
   * Opens a channel for a command of one user.
   *
   * @returns with it the end of what runs on it, and the shell source that its start needs
   */
  async channelFor(become: Become | undefined, command: string) {
    const other = this.#other(become);
    return {
      channel: await this.#open(other, command),
      kill: (pid: number) => killBelow((script) => this.#open(other, script), pid),
      preparation: other && userPreparation(other.user, this.#options.atHome),
    };
  }

  /** The session is over: all shells are lost. The first reason counts. */
  lose(reason: LossReason): void {
    this.#loss ??= reason;
    this.shell.lose(this.#loss);
    for (const shell of this.#opened) shell.lose(this.#loss);
  }

  /** Ends the shells, for a session that has no connection which would end them. */
  close(): void {
    for (const channel of this.#openedChannels) channel.close();
    this.#options.channel.close();
  }

  /** `undefined` for the user who logged in, who becomes itself without asking. */
  #other(become: Become | undefined): Become | undefined {
    return become?.user === this.#options.loginUser ? undefined : become;
  }

  async #open(become: Become | undefined, command: string): Promise<CommandChannel> {
    if (become === undefined) return this.#options.open(command);
    checkName(become.user);
    try {
      return await this.#channels.open(become, command);
    } catch (error) {
      // Of a lost session more is known than of its channel.
      throw this.#loss ? lostError(this.#options.where, this.#loss, undefined) : error;
    }
  }

  /** The shell that runs whole scripts, where there is one or some step wants root. */
  async #rootShell(
    others: readonly Become[],
    signal: AbortSignal | undefined,
  ): Promise<ShellChannel | undefined> {
    if (this.#options.loginUser === ROOT) return this.shell;
    const opened = (["sudo", "su"] as const).map((method) => ({ user: ROOT, method }));
    const known = opened.filter((root) => this.#opening.has(keyOf(root)));
    for (const root of [...known, ...others.filter(({ user }) => user === ROOT)]) {
      try {
        return await untilAborted(this.#shellOf(root), signal);
      } catch (error) {
        // Those who are not root may well go on; who is gets the error with its own step.
        if (!(error instanceof BecomeError)) throw error;
      }
    }
    return undefined;
  }

  /** The steps as root's shell runs them. */
  async #inRoot(steps: readonly Step[]): Promise<readonly ScriptStep[]> {
    const { loginUser, atHome } = this.#options;
    const users = steps.map(({ become }) => this.#other(become)?.user ?? loginUser);
    const hello =
      loginUser !== ROOT && users.includes(loginUser) ? await this.shell.hello : undefined;
    return steps.map((step, index): ScriptStep => {
      const user = users[index] ?? loginUser;
      if (user === ROOT) return step;
      const preparation =
        hello && user === loginUser ? loginPreparation(hello) : preparationWithin(user, atHome);
      return { ...step, within: { user, preparation } };
    });
  }

  #shellOf(become: Become): Promise<ShellChannel> {
    const key = keyOf(become);
    const known = this.#opening.get(key);
    if (known) return known;
    const opening = this.#openShell(become);
    this.#opening.set(key, opening);
    return opening;
  }

  async #openShell(become: Become): Promise<ShellChannel> {
    const { where, atHome } = this.#options;
    const channel = await this.#open(become, SHELL_COMMAND);
    const shell = new ShellChannel(
      { write: (text) => void channel.write(text), stdout: channel.stdout, stderr: channel.stderr },
      {
        where,
        kill: (pid) => killBelow((command) => this.#open(become, command), pid),
        opening: new ShellOpening({ preparation: userPreparation(become.user, atHome) }),
      },
    );
    this.#opened.push(shell);
    this.#openedChannels.push(channel);
    if (this.#loss) shell.lose(this.#loss);
    // It has the lock, also while this one goes on with a command after the connection is lost.
    shell.hello.then(
      ({ pid }) => this.#options.channel.write(lingerLine(pid)),
      () => {},
    );
    void channelEnd(channel).then((end) =>
      shell.lose(
        this.#loss ?? { what: `the shell of ${become.user} on the host ended`, why: describe(end) },
      ),
    );
    return shell;
  }

  /** Without root every user has its own shell, and the parts of the script follow each other. */
  async #runParts(steps: readonly Step[], options: RunOptions): Promise<Results> {
    const { listener, signal } = options;
    const results: (CommandResult | undefined)[] = steps.map(() => undefined);
    const whoOf = ({ become }: Step): string => {
      const other = this.#other(become);
      return other ? keyOf(other) : "";
    };
    let refused: BecomeError | undefined;
    let stopped = false;
    for (const { indexes } of scriptParts(steps, whoOf)) {
      const part = indexes.flatMap((index) => steps[index] ?? []);
      if (stopped) {
        for (const index of indexes) listener?.onResult?.(index, undefined);
        continue;
      }
      const first = indexes[0] ?? 0;
      const indexOf = (at: number): number => indexes[at] ?? first;
      try {
        const other = this.#other(part[0]?.become);
        const shell = other ? await untilAborted(this.#shellOf(other), signal) : this.shell;
        const own = await shell.run(part, {
          ...(signal && { signal }),
          ...(listener && { listener: renumbered(listener, indexOf) }),
        });
        own.forEach((result, at) => {
          results[indexOf(at)] = result;
        });
        stopped = part.some(
          ({ mustSucceed }, at) => mustSucceed === true && own[at]?.exitCode !== 0,
        );
      } catch (error) {
        if (error instanceof CommandTimeoutError) {
          const index = indexOf(error.index);
          throw new CommandTimeoutError(steps[index]?.timeoutMs ?? 0, error.result, index);
        }
        if (!(error instanceof BecomeError)) throw error;
        refused ??= atStep(error, first);
        stopped = part.some(({ mustSucceed }) => mustSucceed);
      }
    }
    if (refused) throw refused;
    return results;
  }
}

const keyOf = ({ method, user }: Become): string => `${method} ${user}`;

const renumbered = (listener: StepListener, indexOf: (at: number) => number): StepListener => ({
  onStart: (at) => listener.onStart?.(indexOf(at)),
  onLine: (at, line) => listener.onLine?.(indexOf(at), line),
  onResult: (at, result) => listener.onResult?.(indexOf(at), result),
});

/** The same error, for the step of this script that it stops. */
const atStep = (cause: BecomeError, index: number): BecomeError =>
  new BecomeError(cause.message, {
    cause,
    index,
    ...(cause.hint !== undefined && { hint: cause.hint }),
  });
