import { access, constants } from "node:fs/promises";
import type { Client } from "ssh2";
import type { CommandResult } from "../task.ts";
import { duration } from "./address.ts";
import { channelEnd, openChannel } from "./exec-channel.ts";
import { killBelow } from "./kill-below.ts";
import { type LossReason, lostError, nameOf, stillRuns } from "./lost-error.ts";
import type { OpenClient } from "./open-client.ts";
import { ShellChannel } from "./shell-channel.ts";
import { streamCommand } from "./stream-command.ts";
import { STREAM_COMMAND } from "./stream-script.ts";
import { CommandTimeoutError, type Session, type Step, UnreachableError } from "./transport.ts";

export interface SessionOptions {
  /** Address and port, for messages. */
  readonly where: string;
  readonly connectTimeoutMs: number;
  readonly keepaliveMs: number;
}

/** Milliseconds for a connection to end in good order. */
const CLOSE_MS = 1_000;

/** A session on an open ssh2 connection. */
export class Ssh2Session implements Session {
  readonly #open: OpenClient;
  readonly #options: SessionOptions;
  readonly #shell: ShellChannel;
  readonly #startTimer: NodeJS.Timeout;
  #streams = 0;
  #loss: LossReason | undefined;

  constructor(open: OpenClient, options: SessionOptions) {
    const { client, shell } = open;
    this.#open = open;
    this.#options = options;
    this.#shell = new ShellChannel(
      { write: (text) => void shell.write(text), stdout: shell.stdout, stderr: shell.stderr },
      { where: options.where, kill: (pid) => killBelow(client, pid) },
    );
    client.on("error", (error) => this.#lose(this.#connectionLost(error)));
    client.once("close", () =>
      this.#lose({ what: "the connection was lost", why: "the server closed it" }),
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
    const { client, socket } = this.#open;
    const channel = await this.#openFor(client, step);
    this.#streams += 1;
    const outcome = await streamCommand({
      client,
      socket,
      channel,
      step,
      file,
      options,
    });
    const { result, timedOut } = outcome;
    if (outcome.stillRuns !== undefined) {
      const reason = stillRuns(step.command, outcome.stillRuns);
      throw lostError(this.#options.where, reason, step.command);
    }
    options.signal?.throwIfAborted();
    if (!result) {
      const reason = this.#loss ?? { what: "the connection was lost", why: "the server closed it" };
      throw lostError(this.#options.where, reason, step.command);
    }
    if (timedOut) throw new CommandTimeoutError(step.timeoutMs, result, 0);
    return result;
  }

  async close(): Promise<void> {
    const { client, socket } = this.#open;
    this.#lose({ what: "the session was closed", why: "by this end" });
    if (socket.destroyed) return;
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    const late = new Promise<void>((resolve) => {
      setTimeout(resolve, CLOSE_MS).unref();
    });
    client.end();
    await Promise.race([closed, late]);
    socket.destroy();
  }

  #lose(reason: LossReason): void {
    clearTimeout(this.#startTimer);
    this.#loss ??= reason;
    this.#shell.lose(this.#loss);
  }

  #connectionLost(cause: Error): LossReason {
    const what = "the connection was lost";
    if (!/keepalive timeout/i.test(cause.message)) return { what, why: cause.message, cause };
    return {
      what,
      why: `no answer for ${duration(this.#options.keepaliveMs * 4)}`,
      hint: "the host, or the network to it, went down",
      cause,
    };
  }

  async #watchShell(): Promise<void> {
    const end = await channelEnd(this.#open.shell);
    const says = this.#shell.noise;
    const what = this.#shell.answered ? "the shell on the host ended" : "the host starts no shell";
    if (end.kind === "lost") {
      this.#lose({ what: "the connection was lost", why: "the server ended the channel" });
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
