import type { Readable } from "node:stream";
import { mask } from "../shell/mask.ts";
import type { Secret } from "../shell/secret.ts";
import { duration } from "./address.ts";
import { asks, type BecomeCall, entered, held, withoutMarks } from "./become-command.ts";
import {
  type FailedBecome,
  noPassword,
  refusal,
  wantsTerminal,
  wrongPassword,
} from "./become-refusal.ts";
import { type ChannelEnd, type CommandChannel, channelEnd } from "./exec-channel.ts";
import { UnreachableError } from "./transport.ts";

/** sudo or su insists on a terminal and has none. */
export class TerminalWanted extends Error {}

export interface DialogueOptions {
  readonly call: BecomeCall;
  /** Address and port, for messages. */
  readonly where: string;
  readonly loginUser: string;
  readonly password: Secret | undefined;
  /** The streams of the command, once it runs. */
  readonly channel: CommandChannel;
}

/** Milliseconds for sudo or su to let in: both wait after a wrong password, and may ask a directory. */
const BECOME_MS = 30_000;

/** Characters of what a stream says that are kept. */
const LONGEST_SAID = 8_000;

/** Takes what a stream has said so far. `true`: that was what it waited for. */
type Hear = (text: string, stream: Readable) => boolean;

/** What sudo or su says until the other user's shell is there, and what it is answered. */
export class BecomeDialogue {
  readonly #options: DialogueOptions;
  #terminal: CommandChannel | undefined;
  /** What each stream has said and was not answered yet. */
  readonly #heard = new Map<Readable, string>();
  readonly #listeners: (() => void)[] = [];
  /** All that was said, for a message. */
  #said = "";
  #answered = false;
  #isOver = false;
  /** Why it is over; it may come while nobody waits. */
  #failure: unknown;
  #hear: Hear = () => false;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(options: DialogueOptions) {
    const { channel } = options;
    this.#options = options;
    this.#listen(channel);
    void channelEnd(channel).then((end) => this.#giveUp(this.#ended(end)));
  }

  /** The two processes that hold the channel's streams, once they are there. */
  async held(): Promise<readonly [main: number, holder: number]> {
    const told = new RegExp(`${held(this.#options.call.nonce)} (\\d+) (\\d+)\\s`);
    let processes: readonly [number, number] = [0, 0];
    await this.#until((text) => {
      const [, main, holder] = told.exec(text) ?? [];
      processes = [Number(main), Number(holder)];
      return holder !== undefined;
    });
    return processes;
  }

  /**
   * Resolves when the other user's shell is there. The password is sent where it is asked for, once.
   *
   * @param terminal of sudo or su, where it has one
   * @throws BecomeError where the host does not allow it, TerminalWanted where it may with a terminal
   */
  async entered(terminal?: CommandChannel): Promise<void> {
    const { call, channel, password } = this.#options;
    this.#terminal = terminal;
    if (terminal) {
      this.#listen(terminal);
      void channelEnd(terminal).then((end) => {
        // With status 0 it has told the channel how sudo or su ended, and that channel ends too.
        if (end.kind !== "exit" || end.code !== 0) this.#giveUp(this.#ended(end));
      });
    }
    await this.#until((text, stream) => {
      if (text.includes(`${entered(call.nonce)}\n`)) return true;
      if (!asks(call, text)) return false;
      if (password === undefined) throw noPassword(this.#failed());
      if (this.#answered) throw wrongPassword(this.#failed());
      this.#answered = true;
      this.#heard.delete(stream);
      // su reads it from its terminal, sudo from its stdin.
      const asker = call.become.method === "su" ? (terminal ?? channel) : channel;
      asker.write(`${password.reveal()}\n`);
      return false;
    });
    this.#isOver = true;
    this.#silence();
    // Nothing of use comes there from now on, but it must not fill up.
    terminal?.resume();
  }

  #listen({ stdout, stderr }: CommandChannel): void {
    for (const stream of [stdout, stderr]) {
      const onData = (bytes: Buffer): void => {
        const text = bytes.toString("utf8");
        this.#said = (this.#said + text).slice(-LONGEST_SAID);
        this.#heard.set(stream, ((this.#heard.get(stream) ?? "") + text).slice(-LONGEST_SAID));
        this.#take();
      };
      stream.on("data", onData);
      this.#listeners.push(() => stream.off("data", onData));
    }
  }

  #silence(): void {
    for (const remove of this.#listeners.splice(0)) remove();
  }

  #take(): void {
    try {
      for (const [stream, text] of this.#heard) {
        if (this.#hear(text, stream)) this.#resolve();
      }
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** @throws what the function throws, or why it cannot hear what it waits for */
  async #until(hear: Hear): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
        this.#hear = hear;
        timer = setTimeout(() => {
          this.#giveUp(refusal(this.#failed({ how: `no answer within ${duration(BECOME_MS)}` })));
        }, BECOME_MS);
        // It may have come before it was waited for.
        this.#take();
      });
    } finally {
      clearTimeout(timer);
      this.#hear = () => false;
      this.#reject = () => {};
    }
  }

  #giveUp(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = error;
    this.#silence();
    // What still asks meets the end of its input.
    this.#options.channel.close();
    this.#terminal?.close();
    this.#reject(error);
  }

  #ended(end: ChannelEnd): Error {
    const { where, call } = this.#options;
    if (end.kind === "lost") {
      return new UnreachableError(
        `${where}: the connection was lost while becoming ${call.become.user}`,
      );
    }
    const failed =
      end.kind === "exit"
        ? this.#failed({ how: `exit status ${end.code}`, status: end.code })
        : this.#failed({ how: `killed by ${end.name}` });
    return wantsTerminal(failed) && !this.#terminal ? new TerminalWanted() : refusal(failed);
  }

  #failed({ how = "", status }: { how?: string; status?: number } = {}): FailedBecome {
    const { call, loginUser, password } = this.#options;
    const secrets = password ? [password.reveal()] : [];
    const said = mask(withoutMarks(call, this.#said), secrets);
    return { become: call.become, loginUser, said, how, status, answered: this.#answered };
  }
}
