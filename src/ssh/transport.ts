import type { Command } from "../shell/command.ts";
import type { Secret } from "../shell/secret.ts";
import type { CommandResult } from "../task.ts";

/** How to reach one host. What is left out, ~/.ssh/config may say; else the defaults here count. */
export interface Connection {
  /** `local` runs everything on the control machine itself, without SSH. Default: `ssh`. */
  readonly connection?: "ssh" | "local";
  /** Host name or address to connect to. */
  readonly address: string;
  /** TCP port. Default: 22. */
  readonly port?: number;
  /** Default: the user who runs weft. */
  readonly user?: string;
  /** Private key files, tried in order. Default: the usual ones under ~/.ssh that exist. */
  readonly identityFiles?: readonly string[];
  /** Passphrase of an encrypted key. */
  readonly passphrase?: Secret;
  /** Password, tried after keys. */
  readonly password?: Secret;
  /** Agent socket. Default: SSH_AUTH_SOCK; `false` uses no agent. */
  readonly agent?: string | false;
  /** Known hosts files. Default: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts. */
  readonly knownHostsFiles?: readonly string[];
  /** Accept and remember the key of a host that no known_hosts file names. A changed key is always refused. */
  readonly acceptNewHostKeys?: boolean;
  /** Milliseconds for TCP connect, handshake and authentication together. Default: 10,000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds between keepalives; three unanswered ones end the connection. Default: 5,000. */
  readonly keepaliveMs?: number;
  /** Also offers diffie-hellman-group14-sha1, ssh-rsa, aes128-cbc and hmac-sha1, for servers as old as OpenSSH 5.3. */
  readonly legacyAlgorithms?: boolean;
  /** Jump hosts on the way, as for `ssh -J`: `user@bastion:2222,second`. `none` goes straight, whatever ~/.ssh/config says. */
  readonly proxyJump?: string;
  /** Command whose stdin and stdout are the connection, with `%h`, `%p` and `%r`. `none` goes straight. */
  readonly proxyCommand?: string;
  /** Lets the host use this machine's agent. Only for hosts that are trusted with it. Default: false. */
  readonly forwardAgent?: boolean;
}

/** A host can't be reached, or was lost. What it was doing is unknown: never a success. */
export class UnreachableError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "UnreachableError";
    this.hint = options.hint;
  }
}

/** A command took longer than it may; it was ended on the host, and the session is still good. */
export class CommandTimeoutError extends Error {
  /** What it had printed until then. */
  readonly result: CommandResult;
  /** Which step of the script it was, from 0. */
  readonly index: number;

  constructor(timeoutMs: number, result: CommandResult, index = 0) {
    super(`timed out after ${timeoutMs / 1000} s and was ended`);
    this.name = "CommandTimeoutError";
    this.result = result;
    this.index = index;
  }
}

/** One command of a script. */
export interface Step {
  readonly command: Command;
  /** Milliseconds it may take. */
  readonly timeoutMs: number;
  /**
   * When true and this step exits with another status than 0, all steps after it are skipped
   * (their result is `undefined`). A probe leaves it out: its exit status is an answer.
   */
  readonly mustSucceed?: boolean;
}

/** What a caller hears while a script runs. */
export interface StepListener {
  /** The step begins to answer or has begun; called in order, once for each step that ran. */
  onStart?(index: number): void;
  /** Whole lines, without the line end, secrets masked, as they arrive. */
  onLine?(index: number, line: string): void;
  /** The step is over; `undefined` where it was skipped. Called in order. */
  onResult?(index: number, result: CommandResult | undefined): void;
}

/** One connection to one host, with one shell on it. */
export interface Session {
  /**
   * Runs the steps in order as one script in one round trip.
   * One result a step, `undefined` for a skipped one.
   *
   * @throws UnreachableError when the connection is lost before all answers are in.
   * @throws CommandTimeoutError when a step takes too long: it is ended on the host, and so is the rest of the script.
   * @throws the signal's reason when it is aborted: the running command is ended on the host first.
   */
  run(
    steps: readonly Step[],
    options?: { listener?: StepListener; signal?: AbortSignal },
  ): Promise<readonly (CommandResult | undefined)[]>;
  /**
   * Runs one command on a channel of its own with a local file as its standard input.
   * Throws as `run` does.
   */
  stream(
    step: Step,
    file: string,
    options?: {
      listener?: StepListener;
      signal?: AbortSignal;
      onProgress?(sentBytes: number): void;
    },
  ): Promise<CommandResult>;
  /** Round trips so far: scripts sent on the shell, and streams. */
  readonly trips: number;
  /** Ends the shell and the connection; never throws. */
  close(): Promise<void>;
}

/** Opens sessions. The engine knows this much of SSH and no more. */
export interface Transport {
  /** @throws UnreachableError with a message that says what was tried and what to do. */
  connect(connection: Connection, options?: { signal?: AbortSignal }): Promise<Session>;
}
