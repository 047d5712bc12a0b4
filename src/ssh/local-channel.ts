import { type ChildProcess, spawn } from "node:child_process";
import { Duplex, type Readable } from "node:stream";
import type { CommandChannel } from "./exec-channel.ts";

/** Milliseconds that a command has to end when it is given up. */
const GRACE_MS = 1_000;

/** A process of this machine that looks like a channel to a command on a host. */
class LocalChannel extends Duplex implements CommandChannel {
  readonly stderr: Readable;
  readonly #child: ChildProcess;

  constructor(command: string) {
    super({ emitClose: false });
    // A session of its own: Ctrl-C is for weft, which ends commands itself, in good order.
    const child = spawn("sh", ["-c", command], { stdio: "pipe", detached: true });
    this.#child = child;
    this.stderr = child.stderr;
    child.stdin.on("error", () => {});
    child.stdout.on("data", (bytes: Buffer) => {
      if (!this.push(bytes)) child.stdout.pause();
    });
    child.stdout.once("close", () => this.push(null));
    child.once("error", (error) => this.emit("error", error));
    child.once("exit", (code, signal) => this.emit("exit", code, signal ?? undefined));
    child.once("close", (code, signal) => this.emit("close", code, signal ?? undefined));
  }

  get stdout(): Readable {
    return this;
  }

  override _read(): void {
    this.#child.stdout?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    // What the command no longer reads is lost, as it is on a host.
    this.#child.stdin?.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.#child.stdin?.end(() => done());
  }

  close(): void {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) {
      // Something in the background holds them open.
      child.stdout?.destroy();
      child.stderr?.destroy();
      return;
    }
    child.stdin?.end();
    const late = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
    child.once("exit", () => clearTimeout(late));
  }
}

/** Runs a command with this machine's sh, in the directory that weft runs in. */
export const localChannel = (command: string): CommandChannel => new LocalChannel(command);
