import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { constants } from "node:os";
import type { Client, ClientChannel } from "ssh2";
import type { CommandResult } from "../task.ts";
import { channelEnd } from "./exec-channel.ts";
import { killBelow } from "./kill-below.ts";
import { MarkerParser } from "./marker-parser.ts";
import { StepOutput } from "./step-output.ts";
import { streamLine } from "./stream-script.ts";
import type { Session } from "./transport.ts";
import { upload } from "./upload.ts";

type StreamArguments = Parameters<Session["stream"]>;

export interface StreamCommand {
  readonly client: Client;
  readonly socket: Socket;
  /** Open, and started with STREAM_COMMAND. */
  readonly channel: ClientChannel;
  readonly step: StreamArguments[0];
  readonly file: string;
  readonly options: NonNullable<StreamArguments[2]>;
}

/** How a streamed command ended, as far as this end can tell. */
export interface StreamOutcome {
  /** `undefined` where the connection was lost, or the command goes on. */
  readonly result: CommandResult | undefined;
  readonly timedOut: boolean;
  /** Why the command could not be ended, where it was to be. */
  readonly stillRuns: string | undefined;
}

const statusOfSignal = (name: string): number =>
  128 + (constants.signals[name as NodeJS.Signals] ?? 0);

/**
 * Runs one command on its own channel with a local file as its stdin. When its time is over or
 * the signal aborts, or the file cannot be read to its end, it is ended on the host.
 *
 * @throws the system's error when the file cannot be read
 */
export const streamCommand = async (command: StreamCommand): Promise<StreamOutcome> => {
  const { client, channel, step, options } = command;
  const { listener, signal, onProgress } = options;
  const onLine = listener?.onLine && ((line: string) => listener.onLine?.(0, line));
  const output = new StepOutput(step.command.secrets, onLine);
  const end = channelEnd(channel);
  const nonce = randomBytes(16).toString("hex");
  const pid = new Promise<number>((resolve) => {
    for (const name of ["stdout", "stderr"] as const) {
      // What comes before the marker is the host's rc files talking.
      let begun = false;
      const parser = new MarkerParser(nonce, {
        data: (bytes) => begun && output.push(name, bytes),
        marker: ({ value }) => {
          begun = true;
          resolve(Number(value));
        },
      });
      channel[name].on("data", (bytes: Buffer) => parser.push(bytes));
    }
  });

  let stillRuns: string | undefined;
  let ending: Promise<void> | undefined;
  const kill = async (): Promise<void> => {
    const known = await Promise.race([pid, end]);
    if (typeof known !== "number") return;
    try {
      const left = await killBelow(client, known);
      if (left.length > 0) stillRuns = `process ${left.join(", ")} is left`;
    } catch (error) {
      stillRuns = (error as Error).message;
    }
    if (stillRuns !== undefined) channel.close();
  };
  const interrupt = (): void => {
    ending ??= kill();
  };
  let timedOut = false;
  const timer = setTimeout(
    () => {
      timedOut = true;
      interrupt();
    },
    Math.min(step.timeoutMs, 2 ** 31 - 1),
  );
  signal?.addEventListener("abort", interrupt);
  try {
    channel.write(streamLine(nonce, step));
    listener?.onStart?.(0);
    let unreadable: unknown;
    await upload(command.file, channel, command.socket, onProgress).catch((error) => {
      unreadable = error;
      interrupt();
    });
    const ended = await end;
    await ending;
    if (unreadable !== undefined) throw unreadable;
    output.end("stdout");
    output.end("stderr");
    if (ended.kind === "lost" || stillRuns !== undefined) {
      return { result: undefined, timedOut, stillRuns };
    }
    const result = output.result(ended.kind === "exit" ? ended.code : statusOfSignal(ended.name));
    listener?.onResult?.(0, result);
    return { result, timedOut, stillRuns };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", interrupt);
  }
};
