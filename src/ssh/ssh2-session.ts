import { access, constants } from "node:fs/promises";
import type { Client, ClientChannel } from "ssh2";
import type { CommandResult } from "../task.ts";
import { duration } from "./address.ts";
import { channelEnd, openChannel } from "./exec-channel.ts";
import { killBelow } from "./kill-below.ts";
import { type LossReason, lostError, nameOf } from "./lost-error.ts";
import type { OpenClient } from "./open-client.ts";
import { ShellChannel } from "./shell-channel.ts";
import { resultOf, streamCommand } from "./stream-command.ts";
import { STREAM_COMMAND } from "./stream-script.ts";
import { type Session, type Step, UnreachableError } from "./transport.ts";

export interface SessionOptions {
  /** Address and port, for messages. */
  readonly where: string;
  readonly connectTimeoutMs: number;
  readonly keepaliveMs: number;
}

/** A connection with a shell's channel on it. */
type OpenSession = OpenClient<ClientChannel> & { release(): Promise<void> };

/** Milliseconds for a connection to end in good order. */
const CLOSE_MS = 1_000;

/** A session on an open ssh2 connection. */
export class Ssh2Session implements Session {
  readonly #open: OpenSession;
  readonly #options: SessionOptions;
  readonly #shell: ShellChannel;
  readonly #startTimer: NodeJS.Timeout;
  #streams = 0;
  #loss: LossReason | undefined;

  constructor(open: OpenSession, options: SessionOptions) {
    const { client, begun: shell } = open;
    this.#open = open;
    this.#options = options;
    this.#shell = new ShellChannel(
      { write: (text) => void shell.write(text), stdout: shell.stdout, stderr: shell.stderr },
      { where: options.where, kill: (pid) => this.#kill(pid) },
    );
    client.on("error", (error) => this.#lose(this.#connectionLost(error)));
    client.once("close", () =>
      this.#lose({ what: "the connection was lost", why: this.#fault("the server closed it") }),
    );
    this.#watchShell();
    this.#startTimer = setTimeout(() => this.#checkStart(), options.connectTimeoutMs);
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
    if (this.#loss) throw lostError(this.#options.where, this.#loss, step.command);
    const { client, line } = this.#open;
    const channel = await this.#openFor(client, step);
    this.#streams += 1;
    const outcome = await streamCommand({
      kill: (pid) => this.#kill(pid),
      socket: line.stream,
      channel,
      step,
      file,
      options,
    });
    const why = this.#fault("the server closed it");
    const loss = this.#loss ?? { what: "the connection was lost", why };
    return resultOf(outcome, { step, options }, { where: this.#options.where, loss });
  }

  async close(): Promise<void> {
    const { client, line, release } = this.#open;
    this.#lose({ what: "the session was closed", why: "by this end" });
    const late = new Promise<void>((resolve) => {
      setTimeout(resolve, CLOSE_MS).unref();
    });
    client.end();
    await Promise.race([line.closed, late]);
    line.stream.destroy();
    await release();
  }

  #kill(pid: number): Promise<readonly number[]> {
    return killBelow((command) => openChannel(this.#open.client, command), pid);
  }

  #lose(reason: LossReason): void {
    clearTimeout(this.#startTimer);
    this.#loss ??= reason;
    this.#shell.lose(this.#loss);
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
    const says = this.#shell.noise;
    const what = this.#shell.answered ? "the shell on the host ended" : "the host starts no shell";
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
    if (this.#shell.answered) return;
    const says = this.#shell.noise === "" ? "" : `; it says "${this.#shell.noise}"`;
    this.#lose({
      what: "the host starts no shell",
      why: `no answer from sh within ${duration(this.#options.connectTimeoutMs)}${says}`,
      hint: "the user needs a POSIX shell as /bin/sh, and no forced command",
    });
  }

  async #openFor(client: Client, step: Step) {
    try {
      return await openChannel(client, STREAM_COMMAND);
    } catch (cause) {
      throw new UnreachableError(
        `${this.#options.where}: the server opens no channel for \`${nameOf(step.command)}\`: ${(cause as Error).message}`,
        { cause, hint: "sshd allows MaxSessions channels on a connection; weft needs 3" },
      );
    }
  }
}
