import { access, constants } from "node:fs/promises";
import type { CommandResult } from "../task.ts";
import { type ChannelEnd, type CommandChannel, channelEnd } from "./exec-channel.ts";
import { killBelow } from "./kill-below.ts";
import { localChannel } from "./local-channel.ts";
import { type LossReason, lostError } from "./lost-error.ts";
import { ShellChannel } from "./shell-channel.ts";
import { SHELL_COMMAND } from "./shell-script.ts";
import { resultOf, streamCommand } from "./stream-command.ts";
import { STREAM_COMMAND } from "./stream-script.ts";
import type { Session, Transport } from "./transport.ts";

const WHERE = "this machine";

const kill = (pid: number): Promise<readonly number[]> =>
  killBelow(async (command) => localChannel(command), pid);

/**
 * A session on the control machine: the same scripts, read by a shell that is a child of weft.
 *
 * Not by zx: its processes take one command and then end, and its quoting is for bash. What is
 * wanted here is one sh that lives as long as the session, with its three streams.
 */
class LocalSession implements Session {
  readonly #channel: CommandChannel;
  readonly #shell: ShellChannel;
  /** How the shell ended, once it has. */
  readonly #ended: Promise<ChannelEnd>;
  #streams = 0;
  #loss: LossReason | undefined;

  constructor() {
    const channel = localChannel(SHELL_COMMAND);
    this.#channel = channel;
    this.#ended = channelEnd(channel);
    this.#shell = new ShellChannel(
      { write: (text) => void channel.write(text), stdout: channel.stdout, stderr: channel.stderr },
      { where: WHERE, kill },
    );
    this.#watch();
  }

  get trips(): number {
    return this.#shell.trips + this.#streams;
  }

  run(...[steps, options]: Parameters<Session["run"]>): ReturnType<Session["run"]> {
    return this.#shell.run(steps, options);
  }

  async stream(
    ...[step, file, options = {}]: Parameters<Session["stream"]>
  ): Promise<CommandResult> {
    options.signal?.throwIfAborted();
    await access(file, constants.R_OK);
    if (this.#loss) throw lostError(WHERE, this.#loss, step.command);
    const channel = localChannel(STREAM_COMMAND);
    this.#streams += 1;
    const outcome = await streamCommand({ kill, socket: channel, channel, step, file, options });
    const loss = this.#loss ?? { what: "the command was lost", why: "nothing is known of its end" };
    return resultOf(outcome, { step, options }, { where: WHERE, loss });
  }

  async close(): Promise<void> {
    this.#lose({ what: "the session was closed", why: "by this end" });
    this.#channel.close();
    await this.#ended;
  }

  #lose(reason: LossReason): void {
    this.#loss ??= reason;
    this.#shell.lose(this.#loss);
  }

  async #watch(): Promise<void> {
    const end = await this.#ended;
    const how = end.kind === "exit" ? `exit status ${end.code}` : "killed";
    this.#lose({ what: "the shell ended", why: how });
  }
}

/** Runs everything on the control machine itself. */
export const localTransport: Transport = {
  connect: async (_connection, { signal } = {}) => {
    signal?.throwIfAborted();
    return new LocalSession();
  },
};
