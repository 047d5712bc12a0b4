import { randomBytes } from "node:crypto";
import type { Become } from "../become.ts";
import type { Secret } from "../shell/secret.ts";
import { type BecomeCall, holdCall, plainCall, terminalCall } from "./become-command.ts";
import { BecomeDialogue, TerminalWanted } from "./become-dialogue.ts";
import type { CommandChannel } from "./exec-channel.ts";

/** How channels to one host are opened, and what is known of its users. */
export interface BecomeChannelsOptions {
  /** Address and port, for messages. */
  readonly where: string;
  readonly loginUser: string;
  readonly password: Secret | undefined;
  /**
   * Opens a channel for a command of the user who logged in.
   *
   * @param onTerminal gives the command a terminal as its three streams
   */
  open(command: string, onTerminal?: boolean): Promise<CommandChannel>;
}

/** Opens channels whose commands run as other users of a host. */
export class BecomeChannels {
  readonly #options: BecomeChannelsOptions;
  /** Methods that want a terminal here, as far as is known. */
  readonly #onTerminal = new Set<Become["method"]>();

  constructor(options: BecomeChannelsOptions) {
    this.#options = options;
  }

  /**
   * Starts a command as another user.
   *
   * sudo and su get a terminal only where they insist on one, which cannot be seen before trying.
   *
   * @throws BecomeError where the host does not allow it
   */
  async open(become: Become, command: string): Promise<CommandChannel> {
    const call = { become, command, nonce: randomBytes(16).toString("hex") };
    if (!this.#onTerminal.has(become.method)) {
      try {
        const channel = await this.#options.open(plainCall(call));
        await new BecomeDialogue({ ...this.#options, call, channel }).entered();
        return channel;
      } catch (error) {
        if (!(error instanceof TerminalWanted)) throw error;
        this.#onTerminal.add(become.method);
      }
    }
    return this.#openOnTerminal(call);
  }

  async #openOnTerminal(call: BecomeCall): Promise<CommandChannel> {
    const channel = await this.#options.open(holdCall(call));
    const dialogue = new BecomeDialogue({ ...this.#options, call, channel });
    const held = await dialogue.held();
    const terminal = await this.#options.open(terminalCall(call, held), true);
    channel.once("close", () => terminal.close());
    await dialogue.entered(terminal);
    return channel;
  }
}
