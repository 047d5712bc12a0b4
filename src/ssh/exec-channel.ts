import type { Duplex, Readable } from "node:stream";
import type { Client } from "ssh2";

/** How a channel ended. */
export type ChannelEnd =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly name: string }
  /** No word from the server: the connection, or the server's process, is gone. */
  | { readonly kind: "lost" };

/** What is used of ssh2's ClientChannel, and what a process of this machine has as well. */
export interface CommandChannel extends Duplex {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Gives the command up. */
  close(): void;
}

/**
 * Opens a channel for a command.
 *
 * @param onTerminal gives it a terminal as its three streams
 * @throws the server's refusal, or that the connection is gone
 */
export const openChannel = (
  client: Client,
  command: string,
  onTerminal = false,
): Promise<CommandChannel> =>
  new Promise((resolve, reject) => {
    // ssh2 throws instead of calling back when the socket is no longer writable.
    client.exec(command, { pty: onTerminal }, (error, channel) =>
      error ? reject(error) : resolve(channel),
    );
  });

/** Milliseconds without output after which a channel is over whose command has exited. */
const LINGER_MS = 1_000;

/**
 * Resolves when a channel is closed and all its output has been read. Never rejects.
 *
 * `close` counts and not `exit`, which can come before the last output. Yet a process that the
 * command left in the background may hold its streams open for days: so it also ends a while
 * after the exit, once it is quiet.
 */
export const channelEnd = (channel: CommandChannel): Promise<ChannelEnd> =>
  new Promise((resolve) => {
    let linger: NodeJS.Timeout | undefined;
    const finish = (code?: number | null, signal?: string): void => {
      clearTimeout(linger);
      if (typeof code === "number") resolve({ kind: "exit", code });
      else resolve(signal ? { kind: "signal", name: signal } : { kind: "lost" });
    };
    const stderrEnd = new Promise<void>((end) => channel.stderr.once("close", () => end()));
    // It has no code when the connection is lost.
    channel.once("close", async (code?: number | null, signal?: string) => {
      await stderrEnd;
      finish(code, signal);
    });
    // Each write to a channel that is gone emits one; an unheard one would end the process.
    channel.on("error", () => finish());
    channel.once("exit", (code: number | null, signal?: string) => {
      linger = setTimeout(() => {
        if (channel.isPaused()) {
          // Whoever reads it is behind.
          linger?.refresh();
          return;
        }
        finish(code, signal);
        channel.close();
      }, LINGER_MS);
      channel.on("data", () => linger?.refresh());
      channel.stderr.on("data", () => linger?.refresh());
    });
  });
