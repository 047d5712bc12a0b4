import { userInfo } from "node:os";
import { becomeOf } from "../become.ts";
import { type ChannelEnd, type CommandChannel, channelEnd } from "./exec-channel.ts";
import { HostUsers } from "./host-users.ts";
import { localChannel } from "./local-channel.ts";
import type { LossReason } from "./lost-error.ts";
import { ShellOpening } from "./shell-opening.ts";
import { SHELL_COMMAND } from "./shell-script.ts";
import { Transfers } from "./transfers.ts";
import {
  BecomeError,
  type Connection,
  type ConnectOptions,
  type Session,
  type Transport,
} from "./transport.ts";

const WHERE = "this machine";

const open = async (command: string, onTerminal = false): Promise<CommandChannel> => {
  if (!onTerminal) return localChannel(command);
  throw new BecomeError("sudo or su wants a terminal, which commands of this machine have not", {
    hint: "put 'Defaults:USER !requiretty' into its sudoers, or become by the other one",
  });
};

/**
 * A session on the control machine: the same scripts, read by a shell that is a child of weft.
 *
 * Not by zx: its processes take one command and then end, and its quoting is for bash. What is
 * wanted here is one sh that lives as long as the session, with its three streams.
 */
class LocalSession implements Session {
  readonly greeting: Session["greeting"];
  readonly #users: HostUsers;
  readonly #transfers: Transfers;
  /** How the shell ended, once it has. */
  readonly #ended: Promise<ChannelEnd>;
  #loss: LossReason | undefined;

  constructor(connection: Connection, { greeting, signal }: ConnectOptions) {
    const channel = localChannel(SHELL_COMMAND);
    this.#ended = channelEnd(channel);
    this.#users = new HostUsers({
      channel,
      opening: new ShellOpening(),
      where: WHERE,
      loginUser: userInfo().username,
      password: connection.becomePassword,
      atHome: false,
      open,
    });
    this.#transfers = new Transfers({
      users: this.#users,
      where: WHERE,
      socketOf: (channel) => channel,
      loss: () => this.#loss,
      lossOfCommand: () => ({
        what: "the command was lost",
        why: "nothing is known of its end",
      }),
    });
    this.greeting = this.#users.greet(greeting, signal);
    const become = becomeOf(connection);
    if (become) this.#users.prepare(become);
    this.#watch();
  }

  get trips(): number {
    return this.#users.trips + this.#transfers.count;
  }

  run(...[steps, options]: Parameters<Session["run"]>): ReturnType<Session["run"]> {
    return this.#users.run(steps, options);
  }

  stream(...args: Parameters<Session["stream"]>): ReturnType<Session["stream"]> {
    return this.#transfers.stream(...args);
  }

  receive(...args: Parameters<Session["receive"]>): ReturnType<Session["receive"]> {
    return this.#transfers.receive(...args);
  }

  async close(): Promise<void> {
    this.#lose({ what: "the session was closed", why: "by this end" });
    this.#users.close();
    await this.#ended;
  }

  #lose(reason: LossReason): void {
    this.#loss ??= reason;
    this.#users.lose(this.#loss);
  }

  async #watch(): Promise<void> {
    const end = await this.#ended;
    const how = end.kind === "exit" ? `exit status ${end.code}` : "killed";
    this.#lose({ what: "the shell ended", why: how });
  }
}

/** Runs everything on the control machine itself. */
export const localTransport: Transport = {
  connect: async (connection, options = {}) => {
    options.signal?.throwIfAborted();
    return new LocalSession(connection, options);
  },
};
