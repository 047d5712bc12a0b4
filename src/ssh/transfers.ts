import { access, constants } from "node:fs/promises";
import type { Writable } from "node:stream";
import type { CommandResult } from "../task.ts";
import type { CommandChannel } from "./exec-channel.ts";
import type { HostUsers } from "./host-users.ts";
import { type LossReason, lostError } from "./lost-error.ts";
import { type LocalFile, resultOf, type StreamCommand, streamCommand } from "./stream-command.ts";
import { STREAM_COMMAND } from "./stream-script.ts";
import type { Session, Step } from "./transport.ts";

interface TransfersOptions {
  readonly users: HostUsers;
  /** Address and port, for messages. */
  readonly where: string;
  /** What a channel's data goes out by: it must not be filled faster than it empties. */
  socketOf(channel: CommandChannel): Writable;
  /** Why the session is over; `undefined` while it is not. */
  loss(): LossReason | undefined;
  /** Why a command was lost of which no more is known. */
  lossOfCommand(): LossReason;
}

/** The commands of a session that read a local file, or whose output goes into one. */
export class Transfers {
  /** So many so far. */
  count = 0;
  readonly #options: TransfersOptions;

  constructor(options: TransfersOptions) {
    this.#options = options;
  }

  /** See {@link Session.stream}. */
  async stream(
    ...[step, file, options = {}]: Parameters<Session["stream"]>
  ): Promise<CommandResult> {
    options.signal?.throwIfAborted();
    await access(file, constants.R_OK);
    return this.#transfer(step, { from: file }, options);
  }

  /** See {@link Session.receive}. */
  async receive(
    ...[step, file, options = {}]: Parameters<Session["receive"]>
  ): Promise<CommandResult> {
    options.signal?.throwIfAborted();
    return this.#transfer(step, { into: file }, options);
  }

  async #transfer(
    step: Step,
    file: LocalFile,
    options: StreamCommand["options"],
  ): Promise<CommandResult> {
    const { users, where, socketOf, loss, lossOfCommand } = this.#options;
    const lost = loss();
    if (lost) throw lostError(where, lost, step.command);
    const user = await users.channelFor(step.become, STREAM_COMMAND);
    this.count += 1;
    const socket = socketOf(user.channel);
    const outcome = await streamCommand({ ...user, socket, step, file, options });
    return resultOf(outcome, { step, options }, { where, loss: loss() ?? lossOfCommand() });
  }
}
