import type { ClientChannel } from "ssh2";
import type { Become } from "../become.ts";
import type { Secret } from "../shell/secret.ts";
import { duration } from "./address.ts";
import { type CommandChannel, channelEnd, openChannel } from "./exec-channel.ts";
import { HostUsers } from "./host-users.ts";
import { closeLine } from "./line.ts";
import { type LossReason, lostError } from "./lost-error.ts";
import type { OpenClient } from "./open-client.ts";
import type { ShellOpening } from "./shell-opening.ts";
import { Transfers } from "./transfers.ts";
import { type Greeting, type Session, UnreachableError } from "./transport.ts";

export interface SessionOptions {
  /** Address and port, for messages. */
  readonly where: string;
  /** Who is logged in, and what opened the login. */
  readonly login: string;
  /** Who logged in. */
  readonly user: string;
  /** Who steps run as by default: it is made ready together with the shell. */
  readonly become: Become | undefined;
  readonly becomePassword: Secret | undefined;
  readonly connectTimeoutMs: number;
  readonly keepaliveMs: number;
  /** What the shell is told first. */
  readonly opening: ShellOpening;
  /** Asked as the shell opens. */
  readonly greeting: Greeting | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A connection with a shell's channel on it. */
type OpenSession = OpenClient<ClientChannel> & { release(): Promise<void> };

/** A session on an open ssh2 connection. */
export class Ssh2Session implements Session {
  readonly greeting: Session["greeting"];
  readonly #open: OpenSession;
  readonly #options: SessionOptions;
  readonly #users: HostUsers;
  readonly #transfers: Transfers;
  readonly #startTimer: NodeJS.Timeout;
  #loss: LossReason | undefined;

  constructor(open: OpenSession, options: SessionOptions) {
    const { client, begun: shell } = open;
    this.#open = open;
    this.#options = options;
    this.#users = new HostUsers({
      channel: shell,
      where: options.where,
      loginUser: options.user,
      password: options.becomePassword,
      atHome: true,
      opening: options.opening,
      open: (command, onTerminal) => this.#openChannel(command, onTerminal),
    });
    this.#transfers = new Transfers({
      users: this.#users,
      where: options.where,
      socketOf: () => open.line.stream,
      loss: () => this.#loss,
      lossOfCommand: () => ({
        what: "the connection was lost",
        why: this.#fault("the server closed it"),
      }),
    });
    this.greeting = this.#users.greet(options.greeting, options.signal);
    if (options.become) this.#users.prepare(options.become);
    client.on("error", (error) => this.#lose(this.#connectionLost(error)));
    client.once("close", () =>
      this.#lose({ what: "the connection was lost", why: this.#fault("the server closed it") }),
    );
    this.#watchShell();
    this.#startTimer = setTimeout(() => this.#checkStart(), options.connectTimeoutMs);
  }

  get trips(): number {
    return this.#users.trips + this.#transfers.count;
  }

  get login(): string {
    return this.#options.login;
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
    const { client, line, release } = this.#open;
    this.#lose({ what: "the session was closed", why: "by this end" });
    client.end();
    await closeLine(line);
    await release();
  }

  #lose(reason: LossReason): void {
    clearTimeout(this.#startTimer);
    this.#loss ??= reason;
    this.#users.lose(this.#loss);
  }

  #connectionLost(cause: Error): LossReason {
    const what = "the connection was lost";
    const fault = this.#open.line.fault();
    if (fault !== undefined) return { what, why: fault, cause };
    if (!/keepalive timeout/i.test(cause.message)) return { what, why: cause.message, cause };
    return {
      what,
      why: `no answer for ${duration(this.#options.keepaliveMs * 4)}`,
      hint: "the host, or the network to it, went down",
      cause,
    };
  }

  /** Why the way to the server ended, where that is known. */
  #fault(otherwise: string): string {
    return this.#open.line.fault() ?? otherwise;
  }

  async #watchShell(): Promise<void> {
    const end = await channelEnd(this.#open.begun);
    const { noise: says, answered } = this.#users.shell;
    const what = answered ? "the shell on the host ended" : "the host starts no shell";
    if (end.kind === "lost") {
      const why = this.#fault("the server ended the channel");
      this.#lose({ what: "the connection was lost", why });
    } else {
      const how = end.kind === "exit" ? `exit status ${end.code}` : `killed by ${end.name}`;
      this.#lose({ what, why: says === "" ? how : `${how}, saying "${says}"` });
    }
  }

  /** The account may have a forced command, or a menu, in place of a shell. */
  #checkStart(): void {
    const { noise, answered } = this.#users.shell;
    if (answered) return;
    const says = noise === "" ? "" : `; it says "${noise}"`;
    this.#lose({
      what: "the host starts no shell",
      why: `no answer from sh within ${duration(this.#options.connectTimeoutMs)}${says}`,
      hint: "the user needs a POSIX shell as /bin/sh, and no forced command",
    });
  }

  async #openChannel(command: string, onTerminal = false): Promise<CommandChannel> {
    try {
      return await openChannel(this.#open.client, command, onTerminal);
    } catch (cause) {
      if (this.#loss) throw lostError(this.#options.where, this.#loss, undefined);
      throw new UnreachableError(
        `${this.#options.where}: the server opens no more channels: ${(cause as Error).message}`,
        {
          cause,
          hint: "sshd allows MaxSessions channels on a connection; weft needs 3, with become 7",
        },
      );
    }
  }
}
