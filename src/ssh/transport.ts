import type { Become, BecomeDefaults } from "../become.ts";
import type { Command } from "../shell/command.ts";
import type { Secret } from "../shell/secret.ts";
import type { CommandResult } from "../task.ts";

/** How to reach one host. What is left out, ~/.ssh/config may say; else the defaults here count. */
export interface Connection extends BecomeDefaults {
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
  /** What sudo or su asks for: the password of who logs in for sudo, of who is to be for su. */
  readonly becomePassword?: Secret;
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

/**
 * What keeps other runs off a host while a session is open: a lock on the host's root folder, held
 * by the session's shell. It leaves nothing behind, any user may take it, and the kernel frees it
 * when the shell ends, however that comes about.
 */
export interface LockRequest {
  /** Tells who holds it: made by labelOf() of host-lock.ts. Kept in the environment that the shell starts with. */
  readonly label: string;
  /** Process number of a shell that holds the lock for a run that is dead: it is ended. */
  readonly takeFrom?: number;
  /** The folder that is locked, as an absolute path without blanks. Default: the root folder. */
  readonly folder?: string;
}

/** Who holds a host's lock, as far as this user may know. */
export interface LockHolder {
  /** Process number of its shell, on the host. */
  readonly pid?: number;
  /** As its run gave it. */
  readonly label?: string;
  /** What its shell is doing: process number and name of a command. */
  readonly command?: string;
}

/** Another run works on the host. */
export class HostBusyError extends UnreachableError {
  readonly holder: LockHolder;

  constructor(where: string, holder: LockHolder) {
    super(`${where}: another run works on this host`);
    this.name = "HostBusyError";
    this.holder = holder;
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

/** A host does not let its user become another one: it can be reached, and what was to run did not. */
export class BecomeError extends Error {
  readonly hint: string | undefined;
  /** The first step of the script that was to run as that user, from 0. */
  readonly index: number;

  constructor(message: string, options: { hint?: string; cause?: unknown; index?: number } = {}) {
    super(message, { cause: options.cause });
    this.name = "BecomeError";
    this.hint = options.hint;
    this.index = options.index ?? 0;
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
  /** Who it runs as. Default: the user who logged in. */
  readonly become?: Become | undefined;
}

/** What a caller hears while a script runs. "In order" means: among the steps that one shell runs. */
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
   * @throws HostBusyError when a lock was asked for and another run has it; the session is of no use then.
   * @throws BecomeError when a step's user cannot be become: that step has not run, nor those after
   *   it if it must succeed. The listener hears what the others came to.
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
  /**
   * Runs one command on a channel of its own, without input, and writes what it prints on its standard output to a
   * local file, to the last byte. The result's `stdout` is empty. After an error the file holds a part, or is not there.
   * Throws as `run` does, and the system's error when the file cannot be written.
   */
  receive(
    step: Step,
    file: string,
    options?: {
      listener?: StepListener;
      signal?: AbortSignal;
      onProgress?(receivedBytes: number): void;
    },
  ): Promise<CommandResult>;
  /** What the steps of the greeting came to. Rejects as `run` does; missing where there was none. */
  readonly greeting?: ReturnType<Session["run"]> | undefined;
  /** Round trips since the shell was opened: scripts sent on it, and streams. */
  readonly trips: number;
  /** Who is logged in and what opened the login: "root with the key /root/.ssh/id_ed25519"; only where there is a login. */
  readonly login?: string;
  /** Ends the shell and the connection; never throws. */
  close(): Promise<void>;
}

/** What is wanted of a host in any case. */
export interface Greeting {
  readonly steps: readonly Step[];
  readonly listener?: StepListener | undefined;
}

/** How to open a session. */
export interface ConnectOptions {
  readonly signal?: AbortSignal;
  /** Keeps other runs off the host while the session is open. Default: nobody is kept off. */
  readonly lock?: LockRequest | undefined;
  /** Asked as the shell opens, in the same trip. */
  readonly greeting?: Greeting | undefined;
}

/** Opens sessions. The engine knows this much of SSH and no more. */
export interface Transport {
  /** @throws UnreachableError with a message that says what was tried and what to do. */
  connect(connection: Connection, options?: ConnectOptions): Promise<Session>;
}
