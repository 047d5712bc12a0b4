import { createReadStream } from "node:fs";
import type { Writable } from "node:stream";
import type { CommandChannel } from "./exec-channel.ts";

/** Bytes read and sent at once. */
const CHUNK_BYTES = 64 * 1024;

/** Bytes that may wait in this process for the socket; beyond, keepalives would come too late. */
const SOCKET_BACKLOG_BYTES = 512 * 1024;

/**
 * Sends a file into a channel's stdin, no faster than the host takes it, and ends that stdin.
 *
 * Stops without an error when the channel is closed: the command need not read it all.
 *
 * @throws the system's error when the file cannot be read. The stdin is left open then: its end
 *   would tell the command that it has everything.
 */
export const upload = async (
  file: string,
  channel: CommandChannel,
  socket: Writable,
  onProgress: ((sentBytes: number) => void) | undefined,
): Promise<void> => {
  const closed = new Promise<"closed">((resolve) => {
    // Also comes when the connection is lost.
    channel.once("close", () => resolve("closed"));
  });
  let sent = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
    if (!channel.writable) return;
    // ssh2 calls back when the host's window has taken the chunk.
    const taken = new Promise<void>((resolve) => channel.write(chunk, () => resolve()));
    if ((await Promise.race([taken, closed])) === "closed") return;
    sent += (chunk as Buffer).length;
    onProgress?.(sent);
    if (socket.writableLength > SOCKET_BACKLOG_BYTES) {
      const drained = new Promise<void>((resolve) => socket.once("drain", () => resolve()));
      if ((await Promise.race([drained, closed])) === "closed") return;
    }
  }
  if (channel.writable) channel.end();
};
