import type { Client, ClientChannel } from "ssh2";
import { insideOf } from "./ssh2-inside.ts";

/** What ssh2 has on its inside. */
interface Protocol {
  exec(channel: number, command: string, wantsReply: boolean): void;
  channelData(channel: number, data: Buffer): void;
}

interface OutgoingWindow {
  readonly outgoing: { window: number };
}

/**
 * The number that a server gives to a connection's first channel: OpenSSH takes the lowest that is
 * free (channel_new of channels.c), and so all versions did.
 */
const FIRST_CHANNEL = 0;
/** Bytes of a packet that every server takes (RFC 4253, section 6.1), with something to spare. */
const PACKET_BYTES = 16 * 1024;

/** Bytes of input that a server is sure to take at once: OpenSSH's window has been 2 MiB since 4.7. */
export const MAX_INPUT_BYTES = 1024 * 1024;

const protocolOf = (client: Client): Protocol =>
  insideOf<Protocol>(client, ({ exec, channelData }) => [exec, channelData], "eager-exec.ts");

/**
 * Runs a command on the connection's first channel, in one flight with the request for the channel:
 * the command and its first input follow at once, with the number that the channel will have. For
 * OpenSSH's servers only, of which that number is known; another number ends the connection.
 *
 * @param input its first bytes, at most {@link MAX_INPUT_BYTES}
 * @throws the server's refusal, or that the connection is gone
 */
export const execAtOnce = (
  client: Client,
  command: string,
  input: Buffer,
): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    const protocol = protocolOf(client);
    const { exec } = protocol;
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      // ssh2 does not know of it yet.
      (channel as unknown as OutgoingWindow).outgoing.window -= input.length;
      resolve(channel);
    });
    exec.call(protocol, FIRST_CHANNEL, command, true);
    for (let at = 0; at < input.length; at += PACKET_BYTES) {
      protocol.channelData(FIRST_CHANNEL, input.subarray(at, at + PACKET_BYTES));
    }
    // What ssh2 says once the channel is confirmed has been said.
    protocol.exec = (channel, ...others) => {
      protocol.exec = exec;
      if (channel !== FIRST_CHANNEL) exec.call(protocol, channel, ...others);
    };
  });
