import type { Client, ClientChannel } from "ssh2";

/** How a channel ended. */
export type ChannelEnd =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly name: string }
  /** No word from the server: the connection, or the server's process, is gone. */
  | { readonly kind: "lost" };

/** Opens a channel for a command. @throws the server's refusal, or that the connection is gone */
export const openChannel = (client: Client, command: string): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    // ssh2 throws instead of calling back when the socket is no longer writable.
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)));
  });

/** Resolves when a channel is closed and all its output has been read. Never rejects. */
export const channelEnd = (channel: ClientChannel): Promise<ChannelEnd> =>
  new Promise((resolve) => {
    const stderrEnd = new Promise<void>((end) => channel.stderr.once("close", () => end()));
    channel.once("error", () => resolve({ kind: "lost" }));
    // `close` and not `exit`, which can come before the last output. It has no code when the connection is lost.
    channel.once("close", async (code?: number | null, signal?: string) => {
      await stderrEnd;
      if (typeof code === "number") resolve({ kind: "exit", code });
      else resolve(signal ? { kind: "signal", name: signal } : { kind: "lost" });
    });
  });
